import { Kind } from "../record/ByteKinds.ts"
import type { ScanRules } from "../record/ScanRules.ts"
import { State } from "../record/ScanState.ts"

/**
 * Finds the end of a record by its quotes alone. Accepts NULs and invalid UTF-8; text after a closing quote extends to the
 * next delimiter. Chunks may be cut anywhere.
 */
export class RecordLexer {
  readonly #rules: ScanRules
  #state: State = State.start
  /** Number of fields so far. */
  fields = 1
  /** A closing quote is followed by text. */
  isMalformed = false
  /** End of the record's first physical line if a quoted field continues after it; else -1. */
  firstLineEnd = -1
  /** The quote of that field, and its number from 1. */
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

  /** The record spans lines and is malformed: enough to doubt its end, whatever follows. */
  get isDoubtful(): boolean {
    return this.isMalformed && this.firstLineEnd !== -1
  }

  /** Reads `bytes[from, to)`. Returns the index of the line end that ends the record, or `to`. */
  advance(bytes: Uint8Array, from: number, to: number): number {
    return this.#read(bytes, from, to, false)
  }

  /** As `advance`, but stops as soon as the record is doubtful. */
  advanceToDoubt(bytes: Uint8Array, from: number, to: number): number {
    return this.#read(bytes, from, to, true)
  }

  #read(bytes: Uint8Array, from: number, to: number, stopsAtDoubt: boolean): number {
    const { escape, extras, quote, quoted, unquoted } = this.#rules
    const blank = extras === null ? -1 : extras.blank
    let state = this.#state
    let i = from
    scan: for (; i < to; i++) {
      if (state === State.quoted) while (i < to && quoted[bytes[i]!] === Kind.plain) i++
      else if (state === State.unquoted) while (i < to && unquoted[bytes[i]!] === Kind.plain) i++
      if (i === to) break
      const byte = bytes[i]!
      if (state === State.escaped) {
        state = State.quoted
        if (byte === escape || byte === quote) continue
      }
      if (state === State.quoted) {
        const kind = quoted[byte]
        if (kind === Kind.quote) state = State.closed
        else if (kind === Kind.escape) state = State.escaped
        else if (kind === Kind.lineBreak && this.firstLineEnd === -1 && unquoted[byte] !== Kind.lineBreak)
          this.#crossLine(i)
        if (stopsAtDoubt && this.isDoubtful) break
        continue
      }
      if (state === State.closed && byte === quote && escape === quote) {
        state = State.quoted
        continue
      }
      if (state !== State.unquoted) {
        if (byte === blank) {
          if (state === State.closed) state = State.closedAndBlank
          continue
        }
        if (byte === quote && state === State.start) {
          state = State.quoted
          this.#quoteAt = i
          continue
        }
      }
      switch (unquoted[byte]) {
        case Kind.delimiter:
          this.fields++
          state = State.start
          break
        case Kind.lineFeed:
        case Kind.carriageReturn:
          break scan
        default:
          if (state !== State.start && state !== State.unquoted) this.isMalformed = true
          state = State.unquoted
          if (stopsAtDoubt && this.isDoubtful) break scan
      }
    }
    this.#state = state
    return i
  }

  #crossLine(end: number): void {
    this.firstLineEnd = end
    this.crossingQuoteAt = this.#quoteAt
    this.crossingField = this.fields
  }
}
