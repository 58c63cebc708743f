import type { ColumnType } from "../../../Domain/load/columns/ColumnType.ts"
import type { DayOrder } from "../../../Domain/load/options/DateFormat.ts"
import type { LoadOptions } from "../../../Domain/load/options/LoadOptions.ts"

/** How a column was read without leniency: the name of its kind, `null` if it had no value, and the facts of this kind. */
export interface StrictFacts {
  readonly kind: "number" | "time" | "boolean" | "uuid" | "json" | null
  readonly facts: number
  /** Whether all numbers also have the date format that the user gives. */
  readonly isDated?: boolean
}

/** A notation of which a file has one, although its values may be readable with the other one of a pair. */
export type Notation = "decimal point" | "decimal comma" | DayOrder

/** The notation with which the same texts can be other values. */
export const rivalOf: Readonly<Record<Notation, Notation>> = {
  "decimal point": "decimal comma",
  "decimal comma": "decimal point",
  "day first": "month first",
  "month first": "day first",
}

/**
 * Facts of every reading that has a notation: a value would be another one in the rival notation, or none there. A value that
 * is the same in both is no evidence.
 */
export const sawEither = 1 << 29
export const sawProof = 1 << 30

/** The options that a notation needs. */
export type NotationOptions = Pick<LoadOptions, "dateFormat" | "decimal">

/**
 * What a type that the user gives does with a value: it refuses it, takes it, takes it for something else, or refuses it only if
 * the notation is given too.
 */
export const Taken = { refused: 0, same: 1, other: 2, unlessGiven: 3 } as const

/**
 * A kind of value whose spelling does not matter, in one notation. As with `ValueKind`, the facts about a column are a bit
 * set: the formats that all values so far allow, and the kinds of value seen, so the order of values does not matter. 0 means
 * that no format is left.
 */
export interface Reading {
  /** `null`: texts have no other reading. */
  readonly notation: Notation | null
  /** Whether the options allow the notation. Otherwise it only shows which options would fit. */
  readonly isAllowed: boolean
  /** The facts about a column whose values so far had these facts, perhaps none; 0 if they are not of this kind. */
  readonly begin: (strict: StrictFacts) => number
  /** The facts including one more value, `bytes[from, to)`; 0 if it does not have the reading. */
  readonly look: (bytes: Uint8Array, from: number, to: number, facts: number) => number
  /** What the type does, given with `options`, with a value that does not have the reading: one of `Taken`. */
  readonly take: (bytes: Uint8Array, from: number, to: number, facts: number) => number
  /** The type of the column; `text` if too few values were seen. */
  readonly type: (facts: number) => ColumnType
  /** The SQL expression for the values of the texts `name`. */
  readonly convert: (facts: number, name: string) => string
  /**
   * The options with which a given type reads the values so.
   *
   * @param isPinned a value has another notation
   */
  readonly options: (facts: number, isPinned: boolean) => NotationOptions
}

/** The parts of a reading in the only notation of its kind. */
export const onlyNotation = {
  notation: null,
  isAllowed: true,
  options: () => ({}),
} as const satisfies Partial<Reading>
