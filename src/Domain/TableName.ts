import * as Schema from "effect/Schema"

/** A table's name, unquoted, at most 63 bytes of UTF-8 (Postgres documentation, 4.1.1, NAMEDATALEN). */
export const TableName = Schema.NonEmptyString.pipe(Schema.brand("TableName"))
export type TableName = typeof TableName.Type
