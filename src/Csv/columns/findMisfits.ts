import { isAmong } from "../../Bytes/isAmong.ts"
import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import { countLineEnds } from "../record/countLineEnds.ts"
import { fieldHead, lengthAt, rowHead } from "../record/CopyBinary.ts"
import { encodingSpace } from "../types/encode/Encoder.ts"
import type { GivenNotation, Refusal } from "../types/lenient/GivenNotation.ts"
import { Action, type FieldActions } from "./FieldActions.ts"
import type { StoredTypes } from "./StoredTypes.ts"

/** A row with a value that does not have the type that the user gave its column. */
export interface Misfit {
  /** Number of the row, from 0, and its bytes. */
  readonly row: number
  readonly from: number
  readonly to: number
  /** Position of the first such column in the table, and the bytes of its value. */
  readonly column: number
  readonly valueFrom: number
  readonly valueTo: number
  readonly refusal: Refusal
}

/** The rows of texts that cannot be rows of a table with these types. */
export const findMisfits = (
  bytes: Uint8Array,
  { actions, columns, nulls }: FieldActions,
  types: StoredTypes,
  notation: GivenNotation,
): ReadonlyArray<Misfit> => {
  const misfits: Array<Misfit> = []
  let scratch = new DataView(new ArrayBuffer(0))
  for (let at = 0, row = 0; at < bytes.length; row++) {
    const from = at
    let misfit: Omit<Misfit, "row" | "from" | "to"> | null = null
    at += rowHead
    notation.mark()
    for (let index = 0; index < actions.length; index++) {
      const length = lengthAt(bytes, at)
      const start = at + fieldHead
      at = length < 0 ? start : start + length
      const column = columns[index]!
      const typeCode = actions[index]! - Action.encode
      if (misfit !== null || length < 0 || typeCode < 0 || types.infersType(column)) continue
      if (isAmong(bytes, start, at, nulls[index]!)) continue
      if (scratch.byteLength < length + encodingSpace)
        scratch = new DataView(new ArrayBuffer(2 * (length + encodingSpace)))
      if (notation.encode(typeCode, column, bytes, start, at, scratch, 0) === -1)
        misfit = { column, valueFrom: start, valueTo: at, refusal: notation.refusal }
    }
    if (misfit === null) continue
    // The values of a rejected row prove nothing.
    notation.undo()
    misfits.push({ row, from, to: at, ...misfit })
  }
  return misfits
}

/** Removes the rows from `bytes`, in place, and returns what is left. */
export const withoutRows = (
  bytes: Uint8Array,
  rows: ReadonlyArray<Pick<Misfit, "from" | "to">>,
): Uint8Array => {
  let end = rows[0]?.from ?? bytes.length
  for (const [index, { to }] of rows.entries()) {
    const next = rows[index + 1]?.from ?? bytes.length
    bytes.copyWithin(end, to, next)
    end += next - to
  }
  return bytes.subarray(0, end)
}

/** The lines of the values that start at these positions, which ascend, in time that grows with the rows alone. */
export const linesAt = (
  bytes: Uint8Array,
  positions: ReadonlyArray<number>,
  width: number,
  lineOfRow: NonNullable<CopyBatch["lineOfRow"]>,
): ReadonlyArray<number> => {
  const lines: Array<number> = []
  for (let at = 0, row = 0; at < bytes.length && lines.length < positions.length; row++) {
    at += rowHead
    let line: number | undefined
    let ends = 0
    for (let index = 0; index < width; index++) {
      const from = at + fieldHead
      at = from + Math.max(0, lengthAt(bytes, at))
      while (positions[lines.length] === from) {
        line ??= lineOfRow(row)
        lines.push(line + ends)
      }
      ends += countLineEnds(bytes, from, at, 0)
    }
  }
  return lines
}
