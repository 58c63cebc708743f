import type { ColumnType } from "../../Domain/load/columns/ColumnType.ts"

/**
 * A kind of value and its formats. A text is of at most one kind, so a column's first value determines the kind of all.
 *
 * The facts about a column are a bit set: the formats that all values so far fit, and the kinds of value seen. Formats are
 * only removed and values seen only added, so the order of values does not matter. 0 means that no format is left.
 */
export interface ValueKind {
  /** The facts about a column without values; not 0. */
  readonly start: number
  /** The facts including one more value, `bytes[from, to)`, which is not empty; 0 if it fits no format that is left. */
  readonly look: (bytes: Uint8Array, from: number, to: number, facts: number) => number
  readonly type: (facts: number) => ColumnType
  /** The SQL expression that makes the values of the typed column `name` the texts that they were. */
  readonly original: (facts: number, name: string) => string
}
