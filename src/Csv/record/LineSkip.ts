import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"

/** Finds the end of the first lines of a text, in chunks cut anywhere. LF, CRLF and a lone CR each end a line. */
export class LineSkip {
  #left: number
  /** Lines passed so far. */
  skipped = 0
  #isAfterReturn = false

  constructor(lines: number) {
    this.#left = lines
  }

  /** Returns the index after the last line to skip, or the chunk's length if that may not be the end. */
  push(chunk: Uint8Array): number {
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]
      const isRestOfPair = byte === lineFeed && this.#isAfterReturn
      if (this.#left === 0 && !isRestOfPair) return i
      this.#isAfterReturn = byte === carriageReturn
      if (byte !== carriageReturn && (byte !== lineFeed || isRestOfPair)) continue
      this.#left--
      this.skipped++
    }
    return chunk.length
  }
}
