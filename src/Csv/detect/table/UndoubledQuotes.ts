import { backslash, carriageReturn, doubleQuote, lineFeed, space } from "../../../Bytes/Ascii.ts"
import { ByteClass, byteClasses } from "../cell/ByteClass.ts"

const isInWord = (byte: number | undefined): boolean =>
  byte !== undefined && (byteClasses[byte] === ByteClass.digit || byteClasses[byte] === ByteClass.letter)

/**
 * Whether a cell with a quote at both edges is a quoted cell, perhaps of a program that does not double the quotes inside.
 * `"He said "hi" to me"` is one. `"foo" or "bar"` is not: its first inner quote closes the one at the edge.
 *
 * @param from the text between the quotes at the edges is `bytes[from, to)`
 */
const isEnclosed = (bytes: Uint8Array, from: number, to: number, quote: number): boolean => {
  let first = -1
  let single = 0
  for (let i = from; i < to; i++) {
    if (bytes[i] !== quote) continue
    if (i + 1 < to && bytes[i + 1] === quote) i++
    else {
      if (first === -1) first = i
      single++
    }
  }
  if (single % 2 === 1 || first === -1) return true
  const closes = first > from && bytes[first - 1] !== space && !isInWord(bytes[first + 1])
  return !closes
}

/** Whether no quote in `bytes[from, to)` is doubled or escaped with a backslash. */
const areUnescaped = (bytes: Uint8Array, from: number, to: number, quote: number): boolean => {
  for (let i = from; i < to; i++)
    if (bytes[i] === quote && (bytes[i - 1] === backslash || bytes[i + 1] === quote)) return false
  return true
}

/**
 * The position of a quoted cell's closing quote, if the quote directly before `text` is part of the cell although it is not
 * doubled. It is the quote before the next delimiter or line end. -1 if there is none, or if the cell is not quoted.
 *
 * @param from where the cell's text begins, after its opening quote
 */
export const endOfUndoubled = (
  bytes: Uint8Array,
  from: number,
  text: number,
  { delimiter, quote }: { readonly delimiter: number; readonly quote: number },
): number => {
  let end = text
  while (end < bytes.length) {
    const byte = bytes[end]
    if (byte === delimiter || byte === lineFeed || byte === carriageReturn) break
    end++
  }
  const closing = end - 1
  const isClosing =
    closing > text &&
    bytes[closing] === quote &&
    isEnclosed(bytes, from, closing, quote) &&
    areUnescaped(bytes, from, closing, quote)
  return isClosing ? closing : -1
}

/** Counts the cells of a record that are enclosed in `"` although the candidate's quote is another or none. */
export class EnclosedCells {
  /** Cells, or runs of cells, with `"` at both edges. */
  enclosed = 0
  /** Cells with `"` at one edge only. */
  halfEnclosed = 0
  /** A cell of the record began with `"` and did not end with it. */
  #isOpen = false

  startRecord(): void {
    this.#isOpen = false
  }

  /** Takes the next cell of the record, `bytes[from, to)`. */
  add(bytes: Uint8Array, from: number, to: number): void {
    if (to - from < 2) return
    const begins = bytes[from] === doubleQuote
    const ends = bytes[to - 1] === doubleQuote
    const isInQuotes = begins && ends && isEnclosed(bytes, from + 1, to - 1, doubleQuote)
    if (isInQuotes || (ends && this.#isOpen)) {
      this.enclosed++
      if (!isInQuotes) this.halfEnclosed--
      this.#isOpen = false
    } else if (begins || ends) {
      this.halfEnclosed++
      this.#isOpen = begins && !ends
    }
  }
}
