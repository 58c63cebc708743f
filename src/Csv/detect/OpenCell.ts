import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"

/** A cell that is open at the end of a cut sample, and so large, may have been opened by a stray quote. */
const longestUndoubted = 64 * 1024

/** So many lines tell what a cell is made of. */
const linesEnough = 32

/** Whether at least half of the lines behind the first look like records: by their number of delimiters. */
const holdsRecords = (bytes: Uint8Array, from: number, delimiter: number, width: number): boolean => {
  let records = 0
  let others = 0
  let cells = 1
  let isFirst = true
  let isBlank = true
  for (let i = from; i < bytes.length && records + others < linesEnough; i++) {
    const byte = bytes[i]
    if (byte === lineFeed || byte === carriageReturn) {
      if (!isFirst && !isBlank) {
        if (cells === width) records++
        else others++
      }
      isFirst = false
      isBlank = true
      cells = 1
    } else {
      isBlank = false
      if (byte === delimiter) cells++
    }
  }
  return records > 0 && records >= others
}

/**
 * Whether a cell in quotes that is open where the sample ends just goes on behind it. A stray quote opens one too,
 * but that has taken in records.
 *
 * @param opening where its quote is
 * @param width of the records before it
 */
export const goesOn = (bytes: Uint8Array, opening: number, delimiter: number, width: number): boolean =>
  bytes.length - opening < longestUndoubted || !holdsRecords(bytes, opening, delimiter, width)
