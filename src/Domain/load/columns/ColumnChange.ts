import { castText, type ColumnType } from "./ColumnType.ts"

/** A new type for a column of a table that has rows already. */
export interface ColumnChange {
  /** Its position in the table, from 0. */
  readonly column: number
  readonly type: ColumnType
  /** The SQL expression that converts the stored values. `name` is the column's name as SQL writes it. */
  readonly using: (name: string) => string
}

/** A change to a type to which Postgres casts the stored values: texts, or whole numbers that become decimals. */
export const castChange = (column: number, type: ColumnType): ColumnChange => ({
  column,
  type,
  using: (name) => castText(name, type),
})
