import { Kind } from "./ByteKinds.ts"
import type { ScanRules } from "./ScanRules.ts"
import { State } from "./ScanState.ts"

/**
 * Finds where a record ends and makes nothing of it, whatever bytes are in it: NULs and wrong UTF-8 are passed, and
 * text behind a closing quote goes on to the next delimiter. Chunks may be cut anywhere.
 */
export class RecordLexer {
  readonly #rules: ScanRules
  #state: State = State.start
  /** Number of fields so far. */
  fields = 1
  /** A quoted field is followed by text. */
  isMalformed = false
  /** Where the record's first physical line ends, when a quoted field goes on behind it; else -1. */
  firstLineEnd = -1
  /** That field: where its quote is, and its number from 1. */
  crossingQuoteAt = -1
  crossingField = 0
  #quoteAt = -1

  constructor(rules: ScanRules) {
    this.#rules = rules
  }

  /** Inside quotes. */
  get isOpen(): boolean {
    return this.#state === State.quoted || this.#state === State.escaped
  }

  /** Goes through `bytes[from, to)` up to the line end that ends the record, and answers where that is, or `to`. */
  advance(bytes: Uint8Array, from: number, to: number): number {
    const { escape, extras, quote, quoted, unquoted } = this.#rules
    const blank = extras === null ? -1 : extras.blank
    for (let i = from; i < to; i++) {
      const byte = bytes[i]!
      if (this.#state === State.escaped) {
        this.#state = State.quoted
        if (byte === escape || byte === quote) continue
      }
      if (this.#state === State.quoted) {
        const kind = quoted[byte]
        if (kind === Kind.quote) this.#state = State.closed
        else if (kind === Kind.escape) this.#state = State.escaped
        else if (kind === Kind.lineBreak && this.firstLineEnd === -1 && unquoted[byte] !== Kind.lineBreak) {
          this.firstLineEnd = i
          this.crossingQuoteAt = this.#quoteAt
          this.crossingField = this.fields
        }
        continue
      }
      if (this.#state === State.closed && byte === quote && escape === quote) {
        this.#state = State.quoted
        continue
      }
      if (byte === blank && this.#state !== State.unquoted) continue
      if (byte === quote && this.#state === State.start) {
        this.#state = State.quoted
        this.#quoteAt = i
        continue
      }
      const kind = unquoted[byte]!
      if (kind === Kind.delimiter) {
        this.fields++
        this.#state = State.start
      } else if (kind === Kind.lineFeed || kind === Kind.carriageReturn) return i
      else {
        if (this.#state === State.closed) this.isMalformed = true
        this.#state = State.unquoted
      }
    }
    return to
  }
}
