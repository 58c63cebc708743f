import { lineFeed } from "../../../Bytes/Ascii.ts"
import type { TextFormat } from "../../../Domain/load/TextFormat.ts"
import { fieldHead, nullLength, rowHead } from "../CopyBinary.ts"

/** Most bytes that clean rows of this size can have in binary format, if all are delimiters and line ends. */
export const binarySpace = (textSize: number): number => textSize * (rowHead + fieldHead)

/** Writes clean rows, which have no escapes, to `out` in binary format. Returns their end. */
export const readTextRows = (
  text: Uint8Array,
  columns: number,
  { delimiter, lineEnd, null: nullText }: TextFormat,
  out: DataView<ArrayBuffer>,
  at: number,
): number => {
  const separator = delimiter.charCodeAt(0)
  const emptyLength = nullText === "" ? nullLength : 0
  const beforeEnd = lineEnd.length - 1
  const bytes = new Uint8Array(out.buffer, out.byteOffset, out.byteLength)
  let end = at
  let from = 0
  let isRowStart = true
  for (let i = 0; i < text.length; i++) {
    const byte = text[i]!
    if (byte !== separator && byte !== lineFeed) continue
    if (isRowStart) {
      out.setInt16(end, columns)
      end += rowHead
    }
    isRowStart = byte === lineFeed
    const to = isRowStart ? i - beforeEnd : i
    out.setInt32(end, to === from ? emptyLength : to - from)
    end += fieldHead
    bytes.set(text.subarray(from, to), end)
    end += to - from
    from = i + 1
  }
  return end
}
