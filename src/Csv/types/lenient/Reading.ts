import type { ColumnType } from "../../../Domain/load/columns/ColumnType.ts"

/** How a column was read without leniency: the name of its kind, `null` if it had no value, and the facts of this kind. */
export interface StrictFacts {
  readonly kind: "number" | "time" | "boolean" | "uuid" | "json" | null
  readonly facts: number
}

/**
 * A kind of value whose spelling does not matter. As with `ValueKind`, the facts about a column are a bit set: the readings
 * that all values so far allow, and the kinds of value seen, so the order of values does not matter. 0 means that no reading
 * is left.
 */
export interface Reading {
  /** The facts about a column whose values so far had these facts, perhaps none; 0 if they are not of this kind. */
  readonly begin: (strict: StrictFacts) => number
  /** The facts including one more value, `bytes[from, to)`; 0 if it has no reading that is left. */
  readonly look: (bytes: Uint8Array, from: number, to: number, facts: number) => number
  /** The type of the column; `text` if the values have several readings, or too few of them were seen. */
  readonly type: (facts: number) => ColumnType
  /** The SQL expression for the values of the texts `name`. */
  readonly convert: (facts: number, name: string) => string
  /** The option that would decide between several readings; `null` if there is one. */
  readonly undecided: (facts: number) => string | null
}
