import { identity } from "effect/Function"
import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import { fieldHead, lengthAt, nullLength, rowHead } from "../record/CopyBinary.ts"
import { releaseOnce, takeBuffer } from "../record/SpareBuffers.ts"

/** How the fields of a file's rows become those of a load. */
export interface Arrangement {
  /** For each field the position of its value in the file, -1 for NULL; `null`: the fields stay as they are. */
  readonly order: ReadonlyArray<number> | null
  /** The text of one more field at the end of each row; `null`: there is none. */
  readonly last: string | null
}

const isSame = (order: ReadonlyArray<number>, width: number): boolean =>
  order.length === width && order.every((position, index) => position === index)

/**
 * The arrangement of a file's rows.
 *
 * @param width columns of the file
 */
export const arrangementOf = (
  order: ReadonlyArray<number>,
  width: number,
  last: string | null,
): Arrangement => ({ order: isSame(order, width) ? null : order, last })

export const changesRows = ({ last, order }: Arrangement): boolean => order !== null || last !== null

const utf8 = new TextEncoder()

/** The bytes of one row after the other, arranged. */
class RowArranger {
  readonly #order: ReadonlyArray<number> | null
  readonly #last: Uint8Array | null
  readonly #width: number
  /** Where the fields of the current row begin, and where the last one ends. */
  readonly #bounds: Int32Array

  constructor({ last, order }: Arrangement, width: number) {
    this.#order = order
    this.#last = last === null ? null : utf8.encode(last)
    this.#width = width
    this.#bounds = new Int32Array(width + 1)
  }

  arrange(bytes: Uint8Array, rows: number): { readonly out: Uint8Array<ArrayBuffer>; readonly end: number } {
    const fields = this.#order?.length ?? this.#width
    const last = this.#last
    const added = fieldHead * fields + (last === null ? 0 : fieldHead + last.length)
    const out = takeBuffer(bytes.length + rows * added)
    const view = new DataView(out.buffer, out.byteOffset, out.byteLength)
    let end = 0
    for (let at = 0; at < bytes.length;) {
      const from = at
      at = this.#findFields(bytes, at)
      view.setInt16(end, fields + (last === null ? 0 : 1))
      end += rowHead
      end =
        this.#order === null
          ? this.#copy(bytes, from + rowHead, at, out, end)
          : this.#write(bytes, out, view, end)
      if (last === null) continue
      view.setInt32(end, last.length)
      out.set(last, end + fieldHead)
      end += fieldHead + last.length
    }
    return { out, end }
  }

  /** Returns the end of the row. */
  #findFields(bytes: Uint8Array, from: number): number {
    let at = from + rowHead
    this.#bounds[0] = at
    for (let field = 1; field <= this.#width; field++) {
      at += fieldHead + Math.max(0, lengthAt(bytes, at))
      this.#bounds[field] = at
    }
    return at
  }

  #copy(bytes: Uint8Array, from: number, to: number, out: Uint8Array, end: number): number {
    out.set(bytes.subarray(from, to), end)
    return end + to - from
  }

  #write(bytes: Uint8Array, out: Uint8Array, view: DataView, start: number): number {
    let end = start
    for (const position of this.#order ?? []) {
      if (position === -1) {
        view.setInt32(end, nullLength)
        end += fieldHead
      } else end = this.#copy(bytes, this.#bounds[position]!, this.#bounds[position + 1]!, out, end)
    }
    return end
  }
}

/** The column of the file that a column of the load is, from 1; `null` if the file has none. */
const columnIn = ({ order }: Arrangement, width: number, column: number): number | null => {
  const position = order === null ? column - 1 : (order[column - 1] ?? -1)
  return position >= 0 && position < width ? position + 1 : null
}

/**
 * Arranges the fields of all rows of a file, whose values are texts. The places of rejected rows remain those in the file.
 *
 * @param width columns of the file
 */
export const arrangeRows = (arrangement: Arrangement, width: number): ((batch: CopyBatch) => CopyBatch) => {
  if (!changesRows(arrangement)) return identity
  const arranger = new RowArranger(arrangement, width)
  return (batch) => {
    if (batch.rows === 0) return batch
    const { rejectRow } = batch
    const { end, out } = arranger.arrange(batch.bytes, batch.rows)
    batch.release()
    return {
      ...batch,
      bytes: out.subarray(0, end),
      release: releaseOnce(out),
      ...(rejectRow === undefined
        ? {}
        : {
            rejectRow: (row: number, column: number) => {
              const known = columnIn(arrangement, width, column)
              return { ...rejectRow(row, known ?? 1), column: known }
            },
          }),
    }
  }
}
