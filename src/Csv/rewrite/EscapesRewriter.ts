import { ByteWriter } from "../../Bytes/ByteWriter.ts"
import { backslash, carriageReturn, doubleQuote, lineFeed } from "../../Bytes/Ascii.ts"
import type { TextRewriter } from "./TextRewriter.ts"

const codeOf = (character: string): number => character.charCodeAt(0)

/** What a letter means after a backslash, in MySQL's and Postgres's text formats. Any other character is itself. */
const meanings = new Map(
  Object.entries({ b: 0x08, f: 0x0c, n: lineFeed, r: carriageReturn, t: 0x09, v: 0x0b, 0: 0 }).map(
    ([letter, byte]) => [codeOf(letter), byte] as const,
  ),
)

/** Where a byte is next, or the end of the chunk. */
const indexOrEnd = (chunk: Uint8Array, byte: number, from: number): number => {
  const at = chunk.indexOf(byte, from)
  return at === -1 ? chunk.length : at
}

const capitalN = codeOf("N")
const point = codeOf(".")

/**
 * Rewrites fields with backslash escapes outside quotes as quoted fields: `a\,b` becomes `"a,b"`. `\N` becomes an empty
 * field, which is NULL, and a line of `\.`, the end of data in Postgres's format, becomes a blank line.
 */
export class EscapesRewriter implements TextRewriter {
  readonly #delimiter: number
  readonly #quote: number
  readonly #opens: boolean
  readonly #output = new ByteWriter()
  /** The current field without its escapes, if it is not quoted. */
  readonly #field = new ByteWriter()
  #isQuoted = false
  #isAfterBackslash = false
  /** The first half of an escaped CRLF has been read. */
  #isAfterEscapedReturn = false
  #hasEscape = false
  #isFieldStart = true
  #isRecordStart = true
  /** The letter after a backslash at the start of the field; 0: none. */
  #mark = 0

  /** @param quote opens fields; `null`: quotes are text, and the result is in double quotes that are doubled */
  constructor(delimiter: number, quote: number | null) {
    this.#delimiter = delimiter
    this.#opens = quote !== null
    this.#quote = quote ?? doubleQuote
  }

  push(chunk: Uint8Array): Uint8Array {
    let nextBackslash = -1
    let nextQuote = -1
    for (let i = 0; i < chunk.length;) {
      if (this.#isLineStart) {
        // Each is looked for only from where it was found last, so that a chunk is searched once.
        if (nextBackslash < i) nextBackslash = indexOrEnd(chunk, backslash, i)
        if (nextQuote < i) nextQuote = indexOrEnd(chunk, this.#quote, i)
        const lines = chunk.subarray(i, Math.min(nextBackslash, nextQuote)).lastIndexOf(lineFeed) + 1
        this.#output.append(chunk.subarray(i, i + lines))
        i += lines
        if (i === chunk.length) break
      }
      this.#take(chunk[i++]!)
    }
    return this.#output.take()
  }

  finish(): Uint8Array {
    if (this.#isAfterBackslash) this.#field.put(backslash)
    this.#endField(true)
    return this.#output.take()
  }

  /** Whether nothing of a line has been read: lines without backslashes and quotes can be copied. */
  get #isLineStart(): boolean {
    return this.#isRecordStart && this.#isFieldStart && this.#field.length === 0 && !this.#isAfterBackslash
  }

  #take(byte: number): void {
    const isInEscapedPair = this.#isAfterEscapedReturn && byte === lineFeed
    this.#isAfterEscapedReturn = false
    if (this.#isQuoted) this.#takeQuoted(byte)
    else if (this.#isAfterBackslash) this.#takeEscaped(byte)
    else if (isInEscapedPair) this.#field.put(byte)
    else if (byte === backslash) {
      this.#isAfterBackslash = true
    } else if (byte === this.#delimiter || byte === lineFeed || byte === carriageReturn) {
      const isLineEnd = byte !== this.#delimiter
      this.#endField(isLineEnd)
      this.#output.put(byte)
      this.#isRecordStart = isLineEnd
    } else if (this.#opens && byte === this.#quote && this.#isFieldStart) {
      this.#isQuoted = true
      this.#isFieldStart = false
      this.#output.put(byte)
    } else {
      this.#isFieldStart = false
      this.#field.put(byte)
    }
  }

  /** The scanner reads escapes inside quotes. */
  #takeQuoted(byte: number): void {
    this.#output.put(byte)
    if (this.#isAfterBackslash) this.#isAfterBackslash = false
    else if (byte === backslash) this.#isAfterBackslash = true
    else if (byte === this.#quote) this.#isQuoted = false
  }

  #takeEscaped(byte: number): void {
    this.#isAfterBackslash = false
    this.#isAfterEscapedReturn = byte === carriageReturn
    this.#hasEscape = true
    if (this.#isFieldStart) this.#mark = byte
    this.#isFieldStart = false
    this.#field.put(meanings.get(byte) ?? byte)
  }

  #endField(isLineEnd: boolean): void {
    const field = this.#field
    const isMark = this.#mark !== 0 && field.length === 1
    const isNull = isMark && this.#mark === capitalN
    const isEndOfData = isMark && this.#mark === point && this.#isRecordStart && isLineEnd
    if (!isNull && !isEndOfData) {
      if (this.#hasEscape || (!this.#opens && field.bytes.includes(doubleQuote))) this.#putQuoted(field.bytes)
      else this.#output.append(field.bytes)
    }
    field.clear()
    this.#hasEscape = false
    this.#isFieldStart = true
    this.#mark = 0
  }

  #putQuoted(text: Uint8Array): void {
    const quote = this.#quote
    const escape = this.#opens ? backslash : quote
    this.#output.put(quote)
    for (const byte of text) {
      if (byte === quote || byte === escape) this.#output.put(escape)
      this.#output.put(byte)
    }
    this.#output.put(quote)
  }
}
