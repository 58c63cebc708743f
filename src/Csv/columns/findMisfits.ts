import { isAmong } from "../../Bytes/isAmong.ts"
import type { CopyBatch, RefusedRow } from "../../Domain/load/CopyBatch.ts"
import { countLineEnds } from "../record/countLineEnds.ts"
import { fieldHead, lengthAt, rowHead } from "../record/CopyBinary.ts"
import { encodingSpace } from "../types/encode/Encoder.ts"
import type { GivenNotation, Refusal } from "../types/lenient/GivenNotation.ts"
import { Action, type FieldActions } from "./FieldActions.ts"
import type { StoredTypes } from "./StoredTypes.ts"

/** The value of a row that its column cannot have. */
interface MisfitValue {
  /** Position of the first such column in the table, and the bytes of its value. */
  readonly column: number
  readonly valueFrom: number
  readonly valueTo: number
  readonly reason: "type_mismatch" | "null_value" | "check_violated"
  /** Why the worker refuses a value of another type; absent for other reasons. */
  readonly refusal?: Refusal
}

/** A row that the table cannot have. */
export interface Misfit extends Omit<MisfitValue, "column"> {
  /** Number of the row, from 0, and its bytes. */
  readonly row: number
  readonly from: number
  readonly to: number
  /** `null`: the column is not known. */
  readonly column: number | null
  /** What the database says about it. */
  readonly message?: string
}

/** Whether a row has NULL in a column that may not have it. */
export const hasForbiddenNull = (
  bytes: Uint8Array,
  { columns, forbidsNull, nulls }: FieldActions,
): boolean => {
  for (let at = 0; at < bytes.length;) {
    at += rowHead
    for (let index = 0; index < columns.length; index++) {
      const length = lengthAt(bytes, at)
      const start = at + fieldHead
      at = length < 0 ? start : start + length
      if (forbidsNull[index] === 1 && (length < 0 || isAmong(bytes, start, at, nulls[index]!))) return true
    }
  }
  return false
}

/**
 * The rows of texts that cannot be rows of a table with these types.
 *
 * @param refused others, which the database has found
 */
export const findMisfits = (
  bytes: Uint8Array,
  { actions, columns, forbidsNull, nulls }: FieldActions,
  types: StoredTypes,
  notation: GivenNotation,
  refused: ReadonlyArray<RefusedRow>,
): ReadonlyArray<Misfit> => {
  const misfits: Array<Misfit> = []
  let scratch = new DataView(new ArrayBuffer(0))
  let nextRefused = 0
  for (let at = 0, row = 0; at < bytes.length; row++) {
    const from = at
    const other = refused[nextRefused]?.row === row ? refused[nextRefused++] : undefined
    let otherFrom = 0
    let otherTo = 0
    let misfit: MisfitValue | null = null
    at += rowHead
    notation.mark()
    for (let index = 0; index < actions.length; index++) {
      const length = lengthAt(bytes, at)
      const start = at + fieldHead
      at = length < 0 ? start : start + length
      const column = columns[index]!
      if (other !== undefined && other.column === column) {
        otherFrom = start
        otherTo = at
      }
      if (misfit !== null) continue
      const typeCode = actions[index]! - Action.encode
      if (length < 0 || isAmong(bytes, start, at, nulls[index]!)) {
        if (forbidsNull[index] === 1) misfit = { column, valueFrom: start, valueTo: at, reason: "null_value" }
        continue
      }
      if (typeCode < 0 || types.infersType(column)) continue
      if (scratch.byteLength < length + encodingSpace)
        scratch = new DataView(new ArrayBuffer(2 * (length + encodingSpace)))
      if (notation.encode(typeCode, column, bytes, start, at, scratch, 0) === -1)
        misfit = {
          column,
          valueFrom: start,
          valueTo: at,
          reason: "type_mismatch",
          refusal: notation.refusal,
        }
    }
    if (misfit === null && other === undefined) continue
    // The values of a rejected row prove nothing.
    notation.undo()
    if (misfit !== null) misfits.push({ row, from, to: at, ...misfit })
    else if (other !== undefined)
      misfits.push({ ...other, from, to: at, valueFrom: otherFrom, valueTo: otherTo })
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
