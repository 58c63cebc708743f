import { isAmong } from "../../Bytes/isAmong.ts"
import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import type { ColumnChange } from "../../Domain/load/columns/ColumnChange.ts"
import type { ColumnType } from "../../Domain/load/columns/ColumnType.ts"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"
import { fieldHead, lengthAt, nullLength, rowHead } from "../record/CopyBinary.ts"
import { SpareBuffers } from "../record/SpareBuffers.ts"
import { encodeAs, encodeInferred, typeCodes } from "../types/encode/encodeAs.ts"
import { encodePlainDecimal, encodePlainInteger } from "../types/encode/encodePlain.ts"
import { encodingSpace } from "../types/encode/Encoder.ts"
import { StoredTypes } from "./StoredTypes.ts"
import { typeMismatch } from "./typeMismatch.ts"

/**
 * What happens to the fields of a column of the file: they are left out; copied; copied unless they are NULL, after the
 * inference has looked at them; or, from `encode` on, encoded by the type with this code.
 */
const Action = { skip: 0, copy: 1, look: 2, encode: 3 } as const

const bufferStep = 128 * 1024

/** Below this, a loop is faster than a call. */
const shortCopy = 48

const utf8 = new TextEncoder()
const decoder = new TextDecoder()

const noNulls: ReadonlyArray<Uint8Array> = []

/** Copies `bytes[from, to)` to `out[at]` and returns its end. */
const copied = (bytes: Uint8Array, from: number, to: number, out: Uint8Array, at: number): number => {
  if (to - from > shortCopy) out.set(bytes.subarray(from, to), at)
  else for (let next = from; next < to; next++) out[at + next - from] = bytes[next]!
  return at + to - from
}

/** A value that does not have the type of its column. */
interface Misfit {
  readonly row: number
  /** Position of the column in the file. */
  readonly index: number
  readonly from: number
  readonly to: number
}

export interface RowEncoderOptions {
  /** Whether columns without a given type get the type that fits their values. */
  readonly infer: boolean
  /** The rows remain texts, for a reader. */
  readonly keepText?: boolean
}

/**
 * Makes the rows of a file, which are texts, rows of the planned columns in the binary form of their types: without the
 * columns that are not loaded, and with NULL for the texts that mean NULL.
 *
 * The pass over a batch is the only one over its values, unless a value does not fit. It creates nothing per value.
 */
export class RowEncoder {
  readonly #plan: ReadonlyArray<PlannedColumn>
  readonly #types: StoredTypes
  readonly #keepText: boolean
  /** By position in the file: what to do, the column of the table, the texts for NULL. */
  readonly #actions: Uint8Array
  readonly #columns: Int16Array
  readonly #nulls: ReadonlyArray<ReadonlyArray<Uint8Array>>
  readonly #hasNulls: boolean
  readonly #isUnchanged: boolean
  readonly #spares = new SpareBuffers()
  #misfit: Misfit | null = null
  #sent = 0

  /** @param width the number of columns of the file */
  constructor(plan: ReadonlyArray<PlannedColumn>, width: number, options: RowEncoderOptions) {
    this.#plan = plan
    this.#types = new StoredTypes(plan, options.infer)
    this.#keepText = options.keepText ?? false
    this.#actions = new Uint8Array(width)
    this.#columns = new Int16Array(width).fill(-1)
    const nulls = Array.from({ length: width }, () => noNulls)
    for (const [column, { index, nullValues }] of plan.entries()) {
      this.#columns[index] = column
      nulls[index] = nullValues.map((text) => utf8.encode(text))
    }
    this.#nulls = nulls
    this.#hasNulls = plan.some(({ nullValues }) => nullValues.length > 0)
    this.#isUnchanged = plan.length === width && !this.#hasNulls
  }

  /** The types that the table has to have for the rows that are sent next. */
  get stored(): ReadonlyArray<ColumnType> {
    return this.#types.stored
  }

  /** The types of all values so far. */
  get types(): ReadonlyArray<ColumnType> {
    return this.#types.types()
  }

  /** How often stored rows have to be rewritten because a value did not fit. */
  get rewrites(): number {
    return this.#types.rewrites
  }

  /** The changes that are left after the last row. */
  get conversions(): ReadonlyArray<ColumnChange> {
    return this.#types.conversions()
  }

  /** Infers types from rows that are encoded later. */
  observe(bytes: Uint8Array): void {
    const { inferred, longest } = this.#types
    for (let at = 0; at < bytes.length;) {
      at += rowHead
      for (let index = 0; index < this.#columns.length; index++) {
        const length = lengthAt(bytes, at)
        const start = at + fieldHead
        at = length < 0 ? start : start + length
        const column = this.#columns[index]!
        if (length < 0 || column < 0 || isAmong(bytes, start, at, this.#nulls[index]!)) continue
        if (longest !== null && length > longest[column]!) longest[column] = length
        if (this.#types.infersType(column)) inferred.look(column, bytes, start, at)
      }
    }
  }

  /** Chooses the types of the table by the rows observed. Call it before the first `encode`. */
  start(): void {
    if (!this.#keepText) this.#types.start()
  }

  /**
   * Encodes a batch and releases it, unless it is returned as it is. Returns the error if a value does not have the type
   * that the user gave its column.
   */
  encode(batch: CopyBatch): CopyBatch | LoadError {
    if (batch.rows === 0) return batch
    // A row that is too large could be refused before its end is known.
    if (this.#types.longest !== null) this.observe(batch.bytes)
    const changes = this.#types.longest === null ? [] : [...this.#widen()]
    this.#setActions()
    if (this.#isUnchanged && this.#actions.every((action) => action === Action.copy)) {
      this.#sent += batch.bytes.length
      return changes.length === 0 ? batch : { ...batch, changes }
    }
    const space = encodingSpace * this.#actions.filter((action) => action >= Action.encode).length
    // Rounded up, so that the buffer of one batch is large enough for most others.
    const steps = Math.ceil((batch.bytes.length + batch.rows * space) / bufferStep)
    const out = this.#spares.take(steps * bufferStep)
    let end = this.#write(batch.bytes, out)
    while (end === -1) {
      const { from, index, row, to } = this.#misfit!
      const column = this.#columns[index]!
      if (!this.#types.infersType(column))
        return typeMismatch(batch, row, this.#plan[column]!, decoder.decode(batch.bytes.subarray(from, to)))
      this.observe(batch.bytes)
      const widened = this.#widen()
      // The same value would be refused for ever.
      if (widened.length === 0)
        return loadError(
          "internal_error",
          `A value of column ${column + 1} has its inferred type, but cannot be encoded.`,
        )
      changes.push(...widened)
      this.#setActions()
      end = this.#write(batch.bytes, out)
    }
    batch.release()
    this.#sent += end
    const encoded = { ...batch, bytes: out.subarray(0, end), release: () => this.#spares.release(out) }
    return changes.length === 0 ? encoded : { ...encoded, changes }
  }

  #widen(): ReadonlyArray<ColumnChange> {
    return this.#keepText ? [] : this.#types.widen(this.#sent)
  }

  #setActions(): void {
    const { stored } = this.#types
    for (let index = 0; index < this.#actions.length; index++) {
      const column = this.#columns[index]!
      this.#actions[index] = column < 0 ? Action.skip : this.#actionOf(column, stored[column]!, index)
    }
  }

  #actionOf(column: number, type: ColumnType, index: number): number {
    if (type !== "text") return Action.encode + typeCodes[type]
    return this.#types.isOpen(column) || this.#nulls[index]!.length > 0 ? Action.look : Action.copy
  }

  /** Writes the rows to `out` and returns their end; -1 if a value does not have the type of its column. */
  #write(bytes: Uint8Array, out: Uint8Array<ArrayBuffer>): number {
    const actions = this.#actions
    const view = new DataView(out.buffer, out.byteOffset, out.byteLength)
    const columns = this.#plan.length
    const hasNulls = this.#hasNulls
    const isWidthKept = columns === actions.length
    /** Bytes from here on are not copied yet. */
    let pending = 0
    let written = 0
    let row = 0
    for (let at = 0; at < bytes.length; row++) {
      if (!isWidthKept) {
        written = copied(bytes, pending, at, out, written)
        view.setInt16(written, columns)
        written += rowHead
        pending = at + rowHead
      }
      at += rowHead
      for (let index = 0; index < actions.length; index++) {
        const head = at
        const length = lengthAt(bytes, at)
        const start = at + fieldHead
        at = length < 0 ? start : start + length
        const action = actions[index]!
        if (action === Action.copy || (length < 0 && action !== Action.skip)) continue
        if (action === Action.skip) {
          written = copied(bytes, pending, head, out, written)
          pending = at
          continue
        }
        if (hasNulls && isAmong(bytes, start, at, this.#nulls[index]!)) {
          written = copied(bytes, pending, head, out, written)
          view.setInt32(written, nullLength)
          written += fieldHead
          pending = at
          continue
        }
        if (action === Action.look) {
          this.#look(index, bytes, start, at)
          continue
        }
        if (pending < head) written = copied(bytes, pending, head, out, written)
        pending = at
        const end = this.#encode(action - Action.encode, index, bytes, start, at, view, written + fieldHead)
        if (end === -1) {
          this.#misfit = { row, index, from: start, to: at }
          return -1
        }
        if (this.#keepText) {
          pending = head
          continue
        }
        view.setInt32(written, end - written - fieldHead)
        written = end
      }
    }
    return copied(bytes, pending, bytes.length, out, written)
  }

  #look(index: number, bytes: Uint8Array, from: number, to: number): void {
    const column = this.#columns[index]!
    if (this.#types.infersType(column)) this.#types.inferred.look(column, bytes, from, to)
  }

  /** Writes a value of a typed column and returns its end; -1 if it does not have the type. */
  #encode(
    typeCode: number,
    index: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    view: DataView,
    at: number,
  ): number {
    const column = this.#columns[index]!
    if (!this.#types.infersType(column)) return encodeAs(typeCode, bytes, from, to, view, at)
    const { inferred } = this.#types
    if (typeCode === typeCodes.bigint) {
      const end = encodePlainInteger(bytes, from, to, view, at)
      if (end !== -1) return end
    } else if (typeCode === typeCodes.numeric) {
      const end = encodePlainDecimal(bytes, from, to, inferred.hasScale(column), view, at)
      if (end !== -1) return end
    }
    const isNew = inferred.look(column, bytes, from, to)
    if (isNew && inferred.type(column) !== this.#types.stored[column]) return -1
    return encodeInferred(typeCode, bytes, from, to, view, at)
  }
}
