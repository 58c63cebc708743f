import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import { Kind, lineEnd, type ScanRules } from "../record/ScanRules.ts"
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

  /**
   * Reads `bytes[from, to)`. Returns the index of the line end that ends the record, or `to`; or, if `stopsAtDoubt`, of the
   * byte that makes the record doubtful.
   */
  advance(bytes: Uint8Array, from: number, to: number, stopsAtDoubt = false): number {
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

/** Numbers of physical lines of each kind, without blank lines. */
interface LineCounts {
  /** Records with the table's number of fields. */
  readonly records: number
  /** Lines that end inside quotes, so they may be the start of a record. */
  readonly open: number
  readonly others: number
}

/** Counts the lines of `bytes[from, to)` by kind, reading each as if a record started with it; at most `maxLines`. */
export const classifyLines = (
  rules: ScanRules,
  bytes: Uint8Array,
  from: number,
  to: number,
  columns: number,
  maxLines = Infinity,
): LineCounts => {
  const counts = { records: 0, open: 0, others: 0 }
  let start = from
  for (let n = 0; n < maxLines && start < to;) {
    if (bytes[start] === lineFeed && bytes[start - 1] === carriageReturn) start++
    const end = lineEnd(bytes, start, to, rules.unquoted)
    if (end > start) {
      const lexer = new RecordLexer(rules)
      lexer.advance(bytes, start, end)
      if (lexer.isOpen) counts.open++
      else if (lexer.fields === columns && !lexer.isMalformed) counts.records++
      else counts.others++
      n++
    }
    start = end + 1
  }
  return counts
}
