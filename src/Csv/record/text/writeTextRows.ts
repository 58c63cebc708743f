import { backslash, carriageReturn, lineFeed } from "../../../Bytes/Ascii.ts"
import type { TextFormat } from "../../../Domain/load/TextFormat.ts"
import { fieldHead, lengthAt, nullLength, rowHead } from "../CopyBinary.ts"

const letterN = 0x6e
const letterR = 0x72

/** Most bytes that rows of this size in binary format can have as text: each byte may be escaped, and heads are larger. */
export const textSpace = (binarySize: number): number => 2 * binarySize

/**
 * Writes rows in binary format to `out` in text format. Returns the end of the text; -1 if a row has an empty text that the
 * format cannot distinguish from NULL.
 */
export const writeTextRows = (
  rows: Uint8Array,
  { delimiter, lineEnd, null: nullText }: TextFormat,
  out: Uint8Array,
  at: number,
): number => {
  const separator = delimiter.charCodeAt(0)
  const isEmptyNull = nullText === ""
  let end = at
  for (let next = 0; next < rows.length;) {
    let fields = (rows[next]! << 8) | rows[next + 1]!
    next += rowHead
    for (; fields > 0; fields--) {
      const length = lengthAt(rows, next)
      const from = next + fieldHead
      next = from + Math.max(0, length)
      if (length === nullLength) {
        if (!isEmptyNull) {
          out[end++] = backslash
          out[end++] = nullText.charCodeAt(1)
        }
      } else if (length === 0 && isEmptyNull) return -1
      for (let i = from; i < next; i++) {
        const byte = rows[i]!
        const isEscaped =
          byte === backslash || byte === separator || byte === lineFeed || byte === carriageReturn
        if (isEscaped) out[end++] = backslash
        out[end++] = byte === lineFeed ? letterN : byte === carriageReturn ? letterR : byte
      }
      if (fields > 1) out[end++] = separator
    }
    for (let i = 0; i < lineEnd.length; i++) out[end++] = lineEnd.charCodeAt(i)
  }
  return end
}
