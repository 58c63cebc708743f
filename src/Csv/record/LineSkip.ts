import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"

/**
 * Goes past lines, whatever is in them, in chunks that may be cut anywhere. LF, CRLF and a lone CR each end a
 * line, as everywhere.
 */
export class LineSkip {
  /** Lines that are still to be passed, and those that have been. */
  #left: number
  skipped = 0
  #isBehindReturn = false

  constructor(lines: number) {
    this.#left = lines
  }

  /** Index behind the last line to skip, as far as it is in the chunk; its length if there may be more to skip. */
  push(chunk: Uint8Array): number {
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]
      const isRestOfPair = byte === lineFeed && this.#isBehindReturn
      if (this.#left === 0 && !isRestOfPair) return i
      this.#isBehindReturn = byte === carriageReturn
      if (byte !== carriageReturn && (byte !== lineFeed || isRestOfPair)) continue
      this.#left--
      this.skipped++
    }
    return chunk.length
  }
}
