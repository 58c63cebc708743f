import { lineFeed, space } from "../../../Bytes/Ascii.ts"
import { fieldHead, rowHead } from "../../record/CopyBinary.ts"
import type { ScanRules } from "../../record/ScanRules.ts"
import { fieldSize } from "./copyRows.ts"

/**
 * Whether each line of a row, in COPY's format, has the table's number of fields, with quotes as text. In prose, a space
 * follows a delimiter.
 */
export const isSwallowed = (
  bytes: Buffer,
  from: number,
  end: number,
  columns: number,
  { delimiter, extras }: ScanRules,
): boolean => {
  const allowsSpace = extras !== null && extras.blank !== -1
  let fields = 0
  let lines = 1
  for (let at = from + rowHead; at < end;) {
    const start = at + fieldHead
    at = start + fieldSize(bytes, at)
    fields++
    for (let i = start; i < at; i++) {
      const byte = bytes[i]
      if (byte === delimiter) {
        if (!allowsSpace && i + 1 < at && bytes[i + 1] === space) return false
        fields++
      } else if (byte === lineFeed) {
        if (fields !== columns) return false
        fields = 1
        lines++
      }
    }
  }
  return fields === columns && (lines > 2 || (lines === 2 && columns > 2))
}
