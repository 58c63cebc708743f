import * as Schema from "effect/Schema"

/**
 * The types, by their names in Postgres, that a column gets when they are inferred; `text` is the type of a
 * column that nothing else fits.
 */
export const ColumnType = Schema.Literals([
  "text",
  "bigint",
  "numeric",
  "double precision",
  "boolean",
  "date",
  "timestamp",
  "timestamptz",
  "uuid",
  "jsonb",
])
export type ColumnType = typeof ColumnType.Type

/**
 * The SQL expression that makes the type of a text.
 *
 * No setting of the session changes its outcome for the values a type is inferred from: dates have the year
 * first and in four digits, which `DateStyle` leaves alone, and every `timestamptz` brings its offset, so that
 * `TimeZone` is not asked (Postgres documentation, 8.5.1).
 *
 * @param expression of type `text`, as an identifier in quotes
 */
export const castText = (expression: string, type: ColumnType): string =>
  type === "text" ? expression : `${expression}::${type}`
