import * as Schema from "effect/Schema"

/** The types that a column can have, by their names in Postgres. `text` fits every column. */
export const columnTypes = [
  "text",
  "smallint",
  "integer",
  "bigint",
  "numeric",
  "real",
  "double precision",
  "boolean",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "uuid",
  "jsonb",
] as const
export const ColumnType = Schema.Literals(columnTypes)
export type ColumnType = typeof ColumnType.Type

/**
 * The SQL expression that casts a text to the type.
 *
 * No session setting changes the result for values that a type is inferred from: dates start with a year of four digits,
 * which `DateStyle` does not affect, and every `timestamptz` has an offset, so `TimeZone` is not used (Postgres
 * documentation, 8.5.1).
 *
 * @param expression of type `text`, such as a quoted identifier
 */
export const castText = (expression: string, type: ColumnType): string =>
  type === "text" ? expression : `${expression}::${type}`
