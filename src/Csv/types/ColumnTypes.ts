import type { ColumnType } from "../../Domain/load/columns/ColumnType.ts"
import { booleanKind } from "./BooleanKind.ts"
import { jsonKind } from "./JsonKind.ts"
import { isWhole, numberKind } from "./NumberKind.ts"
import { timeKind } from "./TimeKind.ts"
import type { Reading, StrictFacts } from "./lenient/Reading.ts"
import { strictReading } from "./lenient/strictReading.ts"
import { uuidKind } from "./UuidKind.ts"

/** In place of the index of a column's kind: no value so far. */
const unknown = 0xff

const kinds = [numberKind, timeKind, booleanKind, uuidKind, jsonKind] as const
const kindNames = ["number", "time", "boolean", "uuid", "json"] as const

/** The kinds of which a column of text may almost be. */
export const strictReadings: ReadonlyArray<Reading> = kindNames
  .map((name, index) => strictReading(name, kinds[index]!))
  .filter((_, index) => kinds[index] !== jsonKind)

/** Calls the kind of this index by name, because V8 does not inline calls through the list. */
const look = (kind: number, bytes: Uint8Array, from: number, to: number, facts: number): number => {
  switch (kind) {
    case 0:
      return numberKind.look(bytes, from, to, facts)
    case 1:
      return timeKind.look(bytes, from, to, facts)
    case 2:
      return booleanKind.look(bytes, from, to, facts)
    case 3:
      return uuidKind.look(bytes, from, to, facts)
    default:
      return jsonKind.look(bytes, from, to, facts)
  }
}

/**
 * Infers the types of a table's columns from their values.
 *
 * A column gets a type only if its values lose nothing: Postgres casts each value without an error and prints it
 * (`DateStyle` ISO) as it was, or as it was after one conversion that is the same for the whole column, such as `upper(…)`
 * or a `T` in a timestamp. For `jsonb`, the JSON value stays the same. NULLs are ignored. An empty text, or no value at all,
 * makes a column `text`.
 *
 * The result does not depend on the order of the values.
 */
export class ColumnTypes {
  readonly #kinds: Uint8Array
  readonly #facts: Int32Array
  /** 1 for a column that is known to be text. Its facts are those about the values before. */
  readonly #closed: Uint8Array
  readonly #hasPoints: boolean

  /** @param hasPoints whether a point is a decimal sign; otherwise only whole numbers are numbers */
  constructor(columns: number, hasPoints = true) {
    this.#hasPoints = hasPoints
    this.#kinds = new Uint8Array(columns).fill(unknown)
    this.#facts = new Int32Array(columns)
    this.#closed = new Uint8Array(columns)
  }

  /** Returns a function that forgets the values from here on. */
  save(): () => void {
    const [kinds, facts, closed] = [this.#kinds.slice(), this.#facts.slice(), this.#closed.slice()]
    return () => {
      this.#kinds.set(kinds)
      this.#facts.set(facts)
      this.#closed.set(closed)
    }
  }

  /** The kind of a column and the facts about its values; those before it became text. */
  strictFacts(column: number): StrictFacts {
    return { kind: kindNames[this.#kinds[column]!] ?? null, facts: this.#facts[column]! }
  }

  /** Whether the values of the column are numbers; those before it became text. */
  isNumber(column: number): boolean {
    return this.#kinds[column] === 0
  }

  /** Whether the column is known to be text, so that its further values do not matter. */
  isText(column: number): boolean {
    return this.#closed[column] !== 0
  }

  /** Takes the value `bytes[from, to)` into account. Returns whether it says something new about the column. */
  look(column: number, bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#closed[column] !== 0) return false
    const known = this.#facts[column]!
    const kind = this.#kinds[column]!
    const facts =
      from === to
        ? 0
        : kind === unknown
          ? this.#firstLook(column, bytes, from, to)
          : this.#checked(kind, look(kind, bytes, from, to, known))
    if (facts === known && facts !== 0) return false
    if (facts === 0) this.#closed[column] = 1
    else this.#facts[column] = facts
    return true
  }

  /** The type inferred from the values so far. */
  type(column: number): ColumnType {
    return this.#closed[column] !== 0
      ? "text"
      : (kinds[this.#kinds[column]!]?.type(this.#facts[column]!) ?? "text")
  }

  /** The facts about the values so far (`ValueKind`). */
  facts(column: number): number {
    return this.#facts[column]!
  }

  /** The SQL expression that makes the values of the typed column `name` the texts that they were. */
  original(column: number, name: string): string {
    return kinds[this.#kinds[column]!]?.original(this.#facts[column]!, name) ?? name
  }

  #checked(kind: number, facts: number): number {
    return this.#hasPoints || kind !== 0 || isWhole(facts) ? facts : 0
  }

  /** Sets the kind of a column by its first value. Returns the facts, or 0 if it is of no kind. */
  #firstLook(column: number, bytes: Uint8Array, from: number, to: number): number {
    for (const [index, kind] of kinds.entries()) {
      const facts = this.#checked(index, kind.look(bytes, from, to, kind.start))
      if (facts === 0) continue
      this.#kinds[column] = index
      return facts
    }
    return 0
  }
}
