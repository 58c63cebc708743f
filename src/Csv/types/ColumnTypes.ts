import type { ColumnType } from "../../Domain/load/columns/ColumnType.ts"
import { fieldHead, rowHead } from "../record/CopyBinary.ts"
import { booleanKind } from "./BooleanKind.ts"
import { jsonKind } from "./JsonKind.ts"
import { numberKind } from "./NumberKind.ts"
import { fitsRow, safeColumns } from "./RowSize.ts"
import { timeKind } from "./TimeKind.ts"
import { uuidKind } from "./UuidKind.ts"

/** In place of the index of a column's kind: no value so far, and no kind that fits. */
const unknown = 0xfe
const text = 0xff

const kinds = [numberKind, timeKind, booleanKind, uuidKind, jsonKind] as const

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
 * Infers the types of a table's columns from its rows.
 *
 * A column gets a type only if its values lose nothing: Postgres casts each value without an error and prints it
 * (`DateStyle` ISO) as it was, or as it was after one conversion that is the same for the whole column, such as `upper(…)`
 * or a `T` in a timestamp. For `jsonb`, the JSON value stays the same. NULLs are ignored. An empty text, or no value at all,
 * makes a column `text`.
 *
 * The result depends neither on the order of the rows nor on their batches. A column known to be `text` costs no more than
 * reading the lengths of its fields.
 */
export class ColumnTypes {
  readonly #kinds: Uint8Array
  readonly #facts: Int32Array
  /** Bytes of the longest value of each column, -1 for none; `null` if all rows fit in any case. */
  readonly #longest: Int32Array | null
  /** The number of columns that are not known to be text. */
  #open: number

  /** @param columns the number of fields of every row */
  constructor(columns: number) {
    this.#kinds = new Uint8Array(columns).fill(unknown)
    this.#facts = new Int32Array(columns)
    this.#longest = columns > safeColumns ? new Int32Array(columns).fill(-1) : null
    this.#open = columns
  }

  /** @param batch whole rows in COPY's binary format, without its header and trailer; no reference is kept */
  observe(batch: Uint8Array): void {
    if (this.#open === 0) return
    const kinds = this.#kinds
    const longest = this.#longest
    for (let at = 0; at < batch.length;) {
      at += rowHead
      for (let column = 0; column < kinds.length; column++) {
        const length = (batch[at]! << 24) | (batch[at + 1]! << 16) | (batch[at + 2]! << 8) | batch[at + 3]!
        at += fieldHead
        if (length < 0) continue
        if (longest !== null && length > longest[column]!) longest[column] = length
        if (kinds[column] !== text) this.#look(column, batch, at, at + length)
        at += length
      }
    }
  }

  /**
   * The types of the columns, in order, inferred from the rows so far. All are `text` if a row with these types might not
   * fit into a Postgres page.
   */
  types(): ReadonlyArray<ColumnType> {
    const types = Array.from(
      this.#kinds,
      (kind, column) => kinds[kind]?.type(this.#facts[column]!) ?? ("text" as const),
    )
    return this.#longest === null || fitsRow(types, this.#longest) ? types : types.map(() => "text")
  }

  #look(column: number, bytes: Uint8Array, from: number, to: number): void {
    const facts = from === to ? 0 : this.#factsWith(column, bytes, from, to)
    this.#facts[column] = facts
    if (facts !== 0) return
    this.#kinds[column] = text
    this.#open--
  }

  #factsWith(column: number, bytes: Uint8Array, from: number, to: number): number {
    const kind = this.#kinds[column]!
    return kind === unknown
      ? this.#firstLook(column, bytes, from, to)
      : look(kind, bytes, from, to, this.#facts[column]!)
  }

  /** Sets the kind of a column by its first value. Returns the facts, or 0 if it is of no kind. */
  #firstLook(column: number, bytes: Uint8Array, from: number, to: number): number {
    for (const [index, kind] of kinds.entries()) {
      const facts = kind.look(bytes, from, to, kind.start)
      if (facts === 0) continue
      this.#kinds[column] = index
      return facts
    }
    return 0
  }
}
