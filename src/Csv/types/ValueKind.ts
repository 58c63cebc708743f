import type { ColumnType } from "../../Domain/load/ColumnType.ts"

/**
 * A kind of values that are told from all others by their text, and the ways they may be written. Every text
 * is of one kind at most, so the first value of a column names the kind of all.
 *
 * What is known of a column is a set of bits, its facts: the ways of writing of which all values so far may be,
 * and what has been met. Ways are only struck out and encounters only added, so the order of the values does
 * not matter. No facts, 0, means that there is no way left.
 */
export interface ValueKind {
  /** The facts of a column without values; not 0. */
  readonly start: number
  /** The facts with one value more, `bytes[from, to)`, not empty; 0 when it does not go with the values before. */
  readonly look: (bytes: Uint8Array, from: number, to: number, facts: number) => number
  readonly type: (facts: number) => ColumnType
}
