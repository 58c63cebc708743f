import { decodeRows, fieldHead, lengthAt, rowHead } from "../../record/CopyBinary.ts"
import { countLineEnds } from "../../record/countLineEnds.ts"

/** Bytes of the field whose head is at `at`; 0 for NULL. */
export const fieldSize = (bytes: Buffer, at: number): number => Math.max(0, lengthAt(bytes, at))

/** End of the row at `from`. */
export const rowEnd = (bytes: Buffer, from: number, columns: number): number => {
  let at = from + rowHead
  for (let n = 0; n < columns; n++) at += fieldHead + fieldSize(bytes, at)
  return at
}

/** Number of line ends in the cells of a row. */
export const lineEndsOf = (bytes: Buffer, from: number, end: number): number => {
  let lineEnds = 0
  for (let at = from + rowHead; at < end;) {
    const start = at + fieldHead
    at = start + fieldSize(bytes, at)
    lineEnds += countLineEnds(bytes, start, at, 0)
  }
  return lineEnds
}

/** The cells of the row at `at`; NULL is empty. */
export const cellsAt = (bytes: Buffer, at: number): ReadonlyArray<string> =>
  (decodeRows(bytes.subarray(at), 1)[0] ?? []).map((cell) => cell ?? "")
