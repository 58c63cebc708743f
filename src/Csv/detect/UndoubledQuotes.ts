import { backslash, carriageReturn, lineFeed, space } from "../../Bytes/Ascii.ts"
import { Sign, signs } from "./CellSigns.ts"

const isInWord = (byte: number | undefined): boolean =>
  byte !== undefined && (signs[byte] === Sign.digit || signs[byte] === Sign.letter)

/**
 * Whether a cell that has a quote at both edges, `bytes[from, to)` being what is between, was put into quotes, be it
 * by a program that did not double those inside. `"foo" or "bar"` was not: its quotes pair up one behind the
 * other, and the first one inside closes what the edge has opened. In `"He said "hi" to me"` it opens.
 */
export const isEnclosed = (bytes: Uint8Array, from: number, to: number, quote: number): boolean => {
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

/** Whether each quote in `bytes[from, to)` stands alone: neither doubled nor behind a backslash. */
const areSingle = (bytes: Uint8Array, from: number, to: number, quote: number): boolean => {
  for (let i = from; i < to; i++)
    if (bytes[i] === quote && (bytes[i - 1] === backslash || bytes[i + 1] === quote)) return false
  return true
}

/**
 * Where a cell in quotes ends, in which the quote directly before `text` is not the closing one though it is not
 * doubled: at the quote before the next delimiter or line end. -1: there is none, or the cell was not put into quotes.
 *
 * @param from where the cell's text begins, behind its opening quote
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
  const isOne =
    closing > text &&
    bytes[closing] === quote &&
    isEnclosed(bytes, from, closing, quote) &&
    areSingle(bytes, from, closing, quote)
  return isOne ? closing : -1
}
