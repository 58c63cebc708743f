import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import type { BadRecord, BadRecordCode } from "./BadRecord.ts"
import { continuations, greatestSecond, leastSecond } from "./Utf8.ts"

/** Where in a field a scanner stands. */
export const State = {
  /** Before its first byte. */
  start: 0,
  unquoted: 1,
  quoted: 2,
  /** Behind a quote that closes the field, unless it proves to be half of a doubled one. */
  closed: 3,
  /** Inside quotes, behind an escape that is not the quote itself. */
  escaped: 4,
  /** In a line that is no record. */
  comment: 5,
  /** Behind a quote that closes the field, and blanks that are no part of it. */
  closedAndBlank: 6,
} as const
export type State = (typeof State)[keyof typeof State]

/**
 * What is known between two bytes of a file, beside the rows made so far. Places, `…At`, are offsets from the
 * chunk at hand and may be negative; lines and columns count from 1.
 */
export class ScanState {
  /** Number of columns; 0 while the header is being read. */
  columns = 0
  /** Last byte of the chunk before. */
  previous = 0
  /** Where scanning has come to. */
  at = 0
  state: State = State.start
  line = 1
  recordAt = 0
  recordLine = 1
  /** Number of the field in its record, from 1. */
  column = 1
  surplusAt = 0
  quoteAt = 0
  quoteLine = 1
  /** Continuation bytes that the UTF-8 sequence at hand still lacks, and the range of the next one. */
  lacking = 0
  least = 0x80
  greatest = 0xbf
  sequenceAt = 0

  /** Begins at a line of the file that is not the first. */
  startAt(line: number): void {
    this.line = line
    this.recordLine = line
  }

  /**
   * Takes the first byte of a UTF-8 sequence of several, at this place in the chunk.
   *
   * @returns how many more must follow; 0: none starts so
   */
  beginSequence(byte: number, at: number): number {
    this.sequenceAt = at
    this.least = leastSecond(byte)
    this.greatest = greatestSecond(byte)
    return continuations[byte]!
  }

  /** Whether the byte may be the next of the sequence; takes it. */
  continuesSequence(byte: number): boolean {
    const isNext = byte >= this.least && byte <= this.greatest
    this.least = 0x80
    this.greatest = 0xbf
    return isNext
  }

  /** A record begins here, on this line. */
  beginRecord(at: number, line: number): void {
    this.at = at
    this.recordAt = at
    this.line = line
    this.recordLine = line
    this.state = State.start
    this.column = 1
    this.lacking = 0
  }

  /** Goes past the line end to which scanning has come, and which ends a record. */
  passLineEnd(chunk: Uint8Array): void {
    const { at } = this
    const isRestOfCrlf = chunk[at] === lineFeed && (at > 0 ? chunk[at - 1] : this.previous) === carriageReturn
    this.beginRecord(at + 1, isRestOfCrlf ? this.line : this.line + 1)
  }

  /** Goes on to the next chunk. */
  leave(chunk: Uint8Array): void {
    const { length } = chunk
    if (length > 0) this.previous = chunk[length - 1]!
    this.moveBy(-length)
  }

  /** The chunk at hand begins so many bytes earlier than was thought. */
  moveBy(bytes: number): void {
    this.at += bytes
    this.recordAt += bytes
    this.surplusAt += bytes
    this.quoteAt += bytes
    this.sequenceAt += bytes
  }

  /**
   * What is known of a record that is bad.
   *
   * @param record its number
   * @param base offset in the file of the chunk at hand
   */
  badRecord(code: BadRecordCode, record: number, base: number, maxRecordSize: number): BadRecord {
    return {
      code,
      record,
      line: this.line,
      column: this.column,
      byteOffset: base + this.at,
      columns: this.columns,
      recordLine: this.recordLine,
      recordOffset: base + this.recordAt,
      surplusOffset: base + this.surplusAt,
      quoteLine: this.quoteLine,
      quoteOffset: base + this.quoteAt,
      sequenceOffset: base + this.sequenceAt,
      maxRecordSize,
    }
  }
}
