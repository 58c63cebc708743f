import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import type { RecordProblem, RecordProblemCode } from "./RecordProblem.ts"
import { continuations, greatestSecond, leastSecond } from "./Utf8.ts"

/** Position of the scanner within a field. */
export const State = {
  /** Before the first byte. */
  start: 0,
  unquoted: 1,
  quoted: 2,
  /** After a quote that closes the field, unless another quote follows. */
  closed: 3,
  /** Inside quotes, after an escape that is not the quote itself. */
  escaped: 4,
  /** After a closing quote and ignored spaces. */
  closedAndBlank: 5,
} as const
export type State = (typeof State)[keyof typeof State]

/**
 * The scanner's state between two bytes of a file. Fields named `…At` are offsets from the start of the chunk and may be
 * negative; lines and columns count from 1.
 */
export class ScanState {
  /** Number of columns; 0 until the first record has been read. */
  columns = 0
  /** Last byte of the previous chunk. */
  previous = 0
  /** The next byte to scan. */
  at = 0
  state: State = State.start
  line = 1
  recordAt = 0
  recordLine = 1
  /** Lines of the rows so far, and blank lines; and of the latter before the last row. */
  rowLines = 0
  blankLines = 0
  blankLinesAtRow = 0
  /** Blank lines since the last record of a table of one column. They are rows if a record follows. */
  heldBlanks = 0
  /** Bytes before `countedAt` that start a line, by the bytes alone (see `LineCounter`). */
  lineStarts = 0
  countedAt = 0
  /** Number of the field in the record, from 1. */
  column = 1
  surplusAt = 0
  quoteAt = 0
  quoteLine = 1
  /** Missing continuation bytes of the current UTF-8 sequence, and the valid range of the next one. */
  lacking = 0
  least = 0x80
  greatest = 0xbf
  sequenceAt = 0
  /** Whether all bytes of the records so far are ASCII. */
  isAscii = true

  /**
   * Starts a multi-byte UTF-8 sequence.
   *
   * @returns the number of continuation bytes; 0 if `byte` is invalid
   */
  beginSequence(byte: number, at: number): number {
    this.sequenceAt = at
    this.isAscii = false
    this.least = leastSecond(byte)
    this.greatest = greatestSecond(byte)
    return continuations[byte]!
  }

  /** Whether the byte is a valid next byte of the sequence. */
  continuesSequence(byte: number): boolean {
    const isNext = byte >= this.least && byte <= this.greatest
    this.least = 0x80
    this.greatest = 0xbf
    return isNext
  }

  /**
   * Passes rows and blank lines, up to this line.
   *
   * @param lastBlank blank lines after the last row; `null` if there is no row
   */
  passLines(recordLine: number, blank: number, lastBlank: number | null): void {
    this.rowLines += recordLine - this.recordLine - blank
    this.recordLine = recordLine
    if (this.columns !== 1) this.blankLines += blank
    if (lastBlank !== null) this.blankLinesAtRow = this.blankLines - lastBlank
  }

  /** Starts a record. */
  beginRecord(at: number, line: number): void {
    this.at = at
    this.recordAt = at
    this.line = line
    this.recordLine = line
    this.state = State.start
    this.column = 1
    this.lacking = 0
  }

  /** Starts a record after the line end at `at`. */
  passLineEnd(chunk: Uint8Array): void {
    const { at } = this
    const isRestOfCrlf = chunk[at] === lineFeed && (at > 0 ? chunk[at - 1] : this.previous) === carriageReturn
    this.beginRecord(at + 1, isRestOfCrlf ? this.line : this.line + 1)
  }

  /** Moves to the next chunk. */
  leave(chunk: Uint8Array): void {
    const { length } = chunk
    if (length > 0) this.previous = chunk[length - 1]!
    this.moveBy(-length)
  }

  /** Moves all offsets, after bytes were prepended to the chunk. */
  moveBy(bytes: number): void {
    this.at += bytes
    this.recordAt += bytes
    this.surplusAt += bytes
    this.quoteAt += bytes
    this.sequenceAt += bytes
    this.countedAt += bytes
  }

  /**
   * Describes a problem of the current record.
   *
   * @param record number of the record
   * @param chunkOffset offset of the chunk in the file
   */
  problem(
    code: RecordProblemCode,
    record: number,
    chunkOffset: number,
    maxRecordSize: number,
  ): RecordProblem {
    return {
      code,
      record,
      line: this.line,
      column: this.column,
      byteOffset: chunkOffset + this.at,
      columns: this.columns,
      recordLine: this.recordLine,
      recordOffset: chunkOffset + this.recordAt,
      surplusOffset: chunkOffset + this.surplusAt,
      quoteLine: this.quoteLine,
      quoteOffset: chunkOffset + this.quoteAt,
      sequenceOffset: chunkOffset + this.sequenceAt,
      maxRecordSize,
    }
  }
}
