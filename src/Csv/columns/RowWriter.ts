import { isAmong } from "../../Bytes/isAmong.ts"
import { fieldHead, lengthAt, nullLength, rowHead } from "../record/CopyBinary.ts"
import { encodeAs, encodeInferred, typeCodes } from "../types/encode/encodeAs.ts"
import { encodePlainDecimal, encodePlainInteger } from "../types/encode/encodePlain.ts"
import { Action, type FieldActions } from "./FieldActions.ts"
import type { StoredTypes } from "./StoredTypes.ts"

/** Below this, a loop is faster than a call. */
const shortCopy = 48

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
  readonly #keepText: boolean
  /** The column of the table whose value `write` has stopped at. */
  misfit = 0

  /** @param keepText looks at the values and checks their types, but leaves them as texts */
  constructor(fields: FieldActions, types: StoredTypes, keepText: boolean) {
    this.#fields = fields
    this.#types = types
    this.#keepText = keepText
  }

  /** Writes the rows to `out` and returns their end; -1 if a value does not have the type of its column. */
  write(bytes: Uint8Array, out: Uint8Array<ArrayBuffer>): number {
    const { actions, columns, hasNulls, kept, nulls } = this.#fields
    const view = new DataView(out.buffer, out.byteOffset, out.byteLength)
    const isWidthKept = kept === actions.length
    /** Bytes from here on are not copied yet. */
    let pending = 0
    let written = 0
    for (let at = 0; at < bytes.length;) {
      if (!isWidthKept) {
        written = copied(bytes, pending, at, out, written)
        view.setInt16(written, kept)
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
        if (hasNulls && isAmong(bytes, start, at, nulls[index]!)) {
          written = copied(bytes, pending, head, out, written)
          view.setInt32(written, nullLength)
          written += fieldHead
          pending = at
          continue
        }
        const column = columns[index]!
        if (action === Action.look) {
          this.#types.look(column, bytes, start, at)
          continue
        }
        if (pending < head) written = copied(bytes, pending, head, out, written)
        pending = at
        const end = this.#encode(action - Action.encode, column, bytes, start, at, view, written + fieldHead)
        if (end === -1) {
          this.misfit = column
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
