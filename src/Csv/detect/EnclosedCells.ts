import { doubleQuote } from "../../Bytes/Ascii.ts"
import { isEnclosed } from "./UndoubledQuotes.ts"

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
