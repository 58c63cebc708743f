import { ByteWriter } from "../../Bytes/ByteWriter.ts"
import { carriageReturn, hash, lineFeed, space } from "../../Bytes/Ascii.ts"
import type { TextRewriter } from "./TextRewriter.ts"

/**
 * Rewrites a delimiter of several characters, or a run of spaces, as one byte. Text inside quotes stays. If spaces are the
 * delimiter, those at the start and the end of a line are removed, and those after a `#` at the start: `# x y` are two names.
 */
export class DelimiterRewriter implements TextRewriter {
  readonly #delimiter: Uint8Array
  readonly #replacement: number
  readonly #quote: number
  readonly #isSpaces: boolean
  readonly #output = new ByteWriter()
  #isQuoted = false
  #isFieldStart = true
  /** Nothing of the line has been read but spaces and `#`. */
  #isLineStart = true
  /** Bytes of the delimiter that have been read. */
  #matched = 0

  /** @param quote -1: none */
  constructor(delimiter: string, replacement: number, quote: number) {
    this.#delimiter = new TextEncoder().encode(delimiter)
    this.#replacement = replacement
    this.#quote = quote
    this.#isSpaces = delimiter === " "
  }

  push(chunk: Uint8Array): Uint8Array {
    for (let i = 0; i < chunk.length; i++) this.#take(chunk[i]!)
    return this.#output.take()
  }

  finish(): Uint8Array {
    if (!this.#isSpaces) this.#output.append(this.#delimiter.subarray(0, this.#matched))
    this.#matched = 0
    return this.#output.take()
  }

  #take(byte: number): void {
    if (this.#isQuoted) {
      this.#output.put(byte)
      // A doubled quote closes the field and opens it again.
      if (byte === this.#quote) this.#isQuoted = false
      this.#isFieldStart = byte === this.#quote
      return
    }
    if (this.#isSpaces) this.#takeAmongSpaces(byte)
    else this.#takeAmongDelimiters(byte)
  }

  #takeAmongSpaces(byte: number): void {
    if (byte === space) {
      this.#matched = 1
      return
    }
    const isLineEnd = byte === lineFeed || byte === carriageReturn
    if (this.#matched > 0 && !this.#isLineStart && !isLineEnd) this.#putDelimiter()
    this.#matched = 0
    this.#put(byte)
    this.#isLineStart = isLineEnd || (this.#isLineStart && byte === hash)
  }

  #takeAmongDelimiters(byte: number): void {
    const delimiter = this.#delimiter
    while (byte !== delimiter[this.#matched]) {
      if (this.#matched === 0) return this.#put(byte)
      // The longest end of what was read that may still start a delimiter.
      const read = this.#matched
      let kept = read - 1
      while (kept > 0 && !delimiter.subarray(0, kept).every((one, at) => one === delimiter[read - kept + at]))
        kept--
      for (let at = 0; at < read - kept; at++) this.#put(delimiter[at]!)
      this.#matched = kept
    }
    if (++this.#matched < delimiter.length) return
    this.#matched = 0
    this.#putDelimiter()
  }

  #putDelimiter(): void {
    this.#output.put(this.#replacement)
    this.#isFieldStart = true
  }

  #put(byte: number): void {
    this.#output.put(byte)
    this.#isQuoted = byte === this.#quote && this.#isFieldStart
    this.#isFieldStart = byte === lineFeed || byte === carriageReturn
  }
}
