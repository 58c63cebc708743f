import { isAmong } from "../../Bytes/isAmong.ts"
import { fieldHead, lengthAt, nullLength, rowHead } from "../record/CopyBinary.ts"
import { encodeInferred } from "../types/encode/encodeAs.ts"
import { Action, type FieldActions } from "./FieldActions.ts"
import type { ValueLimit } from "../../Domain/load/columns/target/ValueLimit.ts"
import type { GivenNotation } from "../types/lenient/GivenNotation.ts"
import type { StoredTypes } from "./StoredTypes.ts"
import type { VectorWriter } from "./vector/VectorWriter.ts"

/** Below this, a loop is faster than a call. */
const shortCopy = 48

/** Of texts and numbers without a limit, as the WebAssembly module has it. */
const unlimited = 0x7fffffff
/** Digits of plain numbers, with which the module deals, are fewer. */
const mostDigits = 0xff

const inDigits = (count: number): number => Math.max(0, Math.min(count, mostDigits))

/** The limit of a number as the module has it: the digits before the point and, from the ninth bit on, after it that need no rounding. */
const mostOf = (limit: ValueLimit | undefined): number => {
  if (limit?._tag !== "Decimal") return unlimited
  if (limit.scale < 0) return 0
  return inDigits(limit.precision - limit.scale) | (inDigits(limit.scale) << 8)
}

/** Copies `bytes[from, to)` to `out[at]` and returns its end. */
const copied = (bytes: Uint8Array, from: number, to: number, out: Uint8Array, at: number): number => {
  if (to - from > shortCopy) out.set(bytes.subarray(from, to), at)
  else for (let next = from; next < to; next++) out[at + next - from] = bytes[next]!
  return at + to - from
}

/** Writes rows of texts as rows of the table, in one pass that creates nothing per value. */
export class RowWriter {
  readonly #fields: FieldActions
  readonly #types: StoredTypes
  readonly #notation: GivenNotation
  readonly #keepText: boolean
  readonly #vector: VectorWriter | null
  /** The column of the table whose value `write` has stopped at. */
  misfit = 0
  /** Where the last row ends that `#writeRow` has read. */
  #rowEnd = 0

  /**
   * @param keepText looks at the values and checks their types, but leaves them as texts
   * @param vector `null`: writes rows without WebAssembly
   */
  constructor(
    fields: FieldActions,
    types: StoredTypes,
    notation: GivenNotation,
    keepText: boolean,
    vector: VectorWriter | null,
  ) {
    this.#notation = notation
    this.#fields = fields
    this.#types = types
    this.#keepText = keepText
    this.#vector = keepText ? null : vector
  }

  /** Writes the rows to `out` and returns their end; -1 if a value does not have the type of its column. */
  write(bytes: Uint8Array, out: Uint8Array<ArrayBuffer>): number {
    const view = new DataView(out.buffer, out.byteOffset, out.byteLength)
    const vector = this.#vector
    if (vector !== null) this.#prepare(vector)
    let at = 0
    let written = 0
    while (at < bytes.length) {
      if (vector !== null) {
        this.#types.texts.rowsAt = at - vector.rowsAt
        if (!vector.write(bytes, at, out, written)) return -1
        at += vector.read
        written += vector.written
        if (vector.read > 0) continue
      }
      this.#types.texts.rowsAt = 0
      written = this.#writeRow(bytes, at, out, view, written)
      if (written === -1) return -1
      at = this.#rowEnd
    }
    return written
  }

  #prepare(vector: VectorWriter): void {
    const { actions, columns, kept } = this.#fields
    const { bytes, view } = vector
    vector.begin(actions.length, kept, (index, from, to, at) => {
      const end = this.#writeField(index, bytes, from, to, bytes, view, at)
      this.#setVectorAction(vector, index, columns[index]!)
      return end
    })
    for (let index = 0; index < actions.length; index++) this.#setVectorAction(vector, index, columns[index]!)
  }

  /** Sets the action again after each value that may have changed the facts about its column. */
  #setVectorAction(vector: VectorWriter, index: number, column: number): void {
    const action = this.#fields.actions[index]!
    const limit = this.#fields.limits[column]
    if (action < Action.encode || limit?._tag === "Characters") {
      const isCopy = action >= Action.encode || (action === Action.look && !this.#types.isOpen(column))
      const most = limit?._tag === "Characters" ? limit.most : unlimited
      vector.setAction(index, isCopy ? Action.copy : action, this.#fields.longestNulls[index]!, most)
    } else {
      const typeCode = action - Action.encode
      const isLeft = this.#types.infersType(column)
        ? this.#types.leavesNumbers(column)
        : !this.#notation.isPlain(typeCode, column)
      const facts = this.#types.infersType(column) ? this.#types.inferred.facts(column) : 0
      const isLeftToCode = isLeft || this.#fields.hasNullOf(index, typeCode)
      vector.setAction(index, isLeftToCode ? Action.look : action, facts, mostOf(limit))
    }
  }

  /** Writes the row `bytes[at…` and returns the end of the written one; -1 if a value does not have its type. */
  #writeRow(bytes: Uint8Array, from: number, out: Uint8Array, view: DataView, start: number): number {
    const { actions, kept } = this.#fields
    view.setInt16(start, kept)
    let at = from + rowHead
    let written = start + rowHead
    for (let index = 0; index < actions.length; index++) {
      const length = lengthAt(bytes, at)
      const valueAt = at + fieldHead
      at = length < 0 ? valueAt : valueAt + length
      if (actions[index] === Action.skip) continue
      if (length >= 0) {
        written = this.#writeField(index, bytes, valueAt, at, out, view, written)
        if (written === -1) return -1
      } else {
        view.setInt32(written, nullLength)
        written += fieldHead
      }
    }
    this.#rowEnd = at
    return written
  }

  /** Writes the field `bytes[from, to)` and returns its end; -1 if it does not have the type of its column. */
  #writeField(
    index: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    out: Uint8Array,
    view: DataView,
    at: number,
  ): number {
    const { actions, columns, hasNulls, nulls } = this.#fields
    const start = at + fieldHead
    if (hasNulls && isAmong(bytes, from, to, nulls[index]!)) {
      view.setInt32(at, nullLength)
      return start
    }
    const action = actions[index]!
    const column = columns[index]!
    let end = start
    if (action === Action.look) this.#types.look(column, bytes, from, to)
    if (action >= Action.encode) {
      end = this.#encode(action - Action.encode, column, bytes, from, to, view, start)
      if (end === -1) {
        this.misfit = column
        return -1
      }
    }
    if (action < Action.encode || this.#keepText) end = copied(bytes, from, to, out, start)
    view.setInt32(at, end - start)
    return end
  }

  /** Writes a value of a typed column and returns its end; -1 if it does not have the type. */
  #encode(
    typeCode: number,
    column: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    view: DataView,
    at: number,
  ): number {
    if (!this.#types.infersType(column))
      return this.#notation.encode(typeCode, column, bytes, from, to, view, at)
    const { inferred } = this.#types
    const isNew = this.#types.look(column, bytes, from, to)
    if (isNew && inferred.type(column) !== this.#types.stored[column]) return -1
    return encodeInferred(typeCode, bytes, from, to, view, at)
  }
}
