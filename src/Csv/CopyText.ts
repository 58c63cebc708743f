import { backslash, lineFeed, tab } from "./Ascii.ts"

const meanings: Record<string, string> = { "\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\" }

/**
 * The fields of a row as `CsvScanner` writes it, back as strings; `null` for NULL.
 *
 * @param row one row, with or without its line feed
 */
export const decodeRow = (row: Uint8Array): Array<string | null> => {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  const fields: Array<string | null> = []
  let start = 0
  let hasEscape = false
  const end = row.at(-1) === lineFeed ? row.length - 1 : row.length
  for (let i = 0; i <= end; i++) {
    if (i < end && row[i] !== tab) {
      hasEscape ||= row[i] === backslash
      continue
    }
    const text = decoder.decode(row.subarray(start, i))
    fields.push(
      text === "\\N" ? null : hasEscape ? text.replace(/\\[tnr\\]/g, (escape) => meanings[escape]!) : text,
    )
    start = i + 1
    hasEscape = false
  }
  return fields
}
