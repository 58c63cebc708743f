import * as Schema from "effect/Schema"

/** A column of a loaded table: its name in Postgres and the header cell as it stood in the file. */
export const Column = Schema.Struct({ name: Schema.String, header: Schema.String })
export type Column = typeof Column.Type

/** Most columns of a table (Postgres documentation, Appendix K, "PostgreSQL Limits"). */
export const maxColumns = 1600
