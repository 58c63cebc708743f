import { carriageReturn, lineFeed } from "../../../Bytes/Ascii.ts"

/** A cell that is open at the end of a cut sample, and at least this long, may have been opened by a stray quote. */
const longestTrusted = 64 * 1024

/** This many lines show what a cell consists of. */
const enoughLines = 32

/** Whether at least half of the lines after the first have as many fields as a record. */
const containsRecords = (bytes: Uint8Array, from: number, delimiter: number, width: number): boolean => {
  let records = 0
  let others = 0
  let cells = 1
  let isFirst = true
  let isBlank = true
  for (let i = from; i < bytes.length && records + others < enoughLines; i++) {
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
 * Whether a quoted cell that is open at the end of the sample simply continues after it. A cell that a stray quote
 * opened does not: it has swallowed records.
 *
 * @param opening the position of its quote
 * @param width the number of fields of the record before it
 */
export const continuesAfterSample = (
  bytes: Uint8Array,
  opening: number,
  delimiter: number,
  width: number,
): boolean => bytes.length - opening < longestTrusted || !containsRecords(bytes, opening, delimiter, width)
