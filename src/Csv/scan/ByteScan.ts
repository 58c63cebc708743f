import { maxColumns } from "../../Domain/load/columns/Column.ts"
import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import type { RecordProblemCode } from "../record/RecordProblem.ts"
import { fieldHead, nullLength, rowHead } from "../record/CopyBinary.ts"
import type { CopyBuffer } from "../record/CopyBuffer.ts"
import { Kind, type ScanRules } from "../record/ScanRules.ts"
import { type ScanState, State } from "../record/ScanState.ts"

/** Output bytes per input byte at most: after a line end come the heads of a row and of its first field. */
const expansion = rowHead + fieldHead
/** For output that an earlier byte still owes: a pending escape. */
const slack = 8

/** Largest output of this many input bytes. */
const roomFor = (bytes: number): number => expansion * bytes + slack

/**
 * Why the loop stopped: the byte at `state.at` makes the record invalid, is the line end of the first record, starts a
 * comment, or starts a record after blank lines that are rows.
 */
export type Stop = RecordProblemCode | "first_record" | "comment" | "held_blanks"

export interface ByteScanOptions {
  /** Largest record in bytes, without its line ending. */
  readonly maxRecordSize: number
  /** The first record is a header, and none of its cells is NULL. */
  readonly hasHeader: boolean
  /** Keeps the fields of a record with too many that fit, up to the buffer's `keptEnd`. */
  readonly keepsLong: boolean
}

/** Scans byte by byte. Handles every dialect and decides whether a record is valid. */
export class ByteScan {
  readonly #rules: ScanRules
  readonly #options: ByteScanOptions

  constructor(rules: ScanRules, options: ByteScanOptions) {
    this.#rules = rules
    this.#options = options
  }

  /**
   * Scans `chunk[from, to)`. The byte at which it stops has not been processed.
   *
   * Copies the fields of `state` and `buffer` to local variables, which the compiler keeps in registers, and writes them
   * back at the end. Each iteration copies a run of plain bytes and handles the byte after it; if that ends the field,
   * the last part of the loop completes the field.
   */
  advance(
    chunk: Uint8Array,
    from: number,
    to: number,
    scanState: ScanState,
    buffer: CopyBuffer,
  ): Stop | null {
    buffer.reserve(roomFor(to - from))
    const output = buffer.bytes
    const { view } = buffer
    const { escape, extras, isQuotedEmptyNull, isUnquotedEmptyNull, quote, quoted, unquoted } = this.#rules
    const { hasHeader, keepsLong, maxRecordSize } = this.#options
    const { columns } = scanState
    let { column, heldBlanks, lacking, line, recordAt, state } = scanState
    let { fieldAt, keptEnd, rows, rowsEnd, written } = buffer
    let i = from
    let kind: number = Kind.plain
    let isNull = false
    let stop: Stop | null = null
    let { recordLine } = scanState
    /** Blank lines, those of them after the last row, and the number of rows at the last one. */
    let blank = 0
    let lastBlank = 0
    let rowsAtBlank = rows

    scan: while (i < to) {
      let byte = chunk[i]!
      if (lacking > 0) {
        if (!scanState.continuesSequence(byte)) {
          stop = "invalid_utf8"
          break
        }
        output[written++] = byte
        lacking--
        i++
        continue
      }

      if (state === State.start) {
        if (extras !== null) {
          if (byte === extras.comment && column === 1) {
            stop = "comment"
            break
          }
          if (byte === extras.blank) {
            i++
            continue
          }
        }
        kind = unquoted[byte]!
        if (heldBlanks > 0 && kind !== Kind.lineFeed && kind !== Kind.carriageReturn) {
          stop = "held_blanks"
          break
        }
        if (byte === quote) {
          scanState.quoteAt = i
          scanState.quoteLine = line
          state = State.quoted
          i++
          continue
        }
        if (kind === Kind.plain || kind > Kind.carriageReturn) {
          state = State.unquoted
        } else {
          if (column === 1 && kind !== Kind.delimiter) {
            if (byte !== lineFeed || (i > 0 ? chunk[i - 1] : scanState.previous) !== carriageReturn) {
              line++
              if (columns === 1) heldBlanks++
              if (rows !== rowsAtBlank) lastBlank = 0
              rowsAtBlank = rows
              lastBlank++
              blank++
            }
            i++
            recordAt = i
            recordLine = line
            continue
          }
          isNull = isUnquotedEmptyNull
        }
      }

      if (state === State.unquoted || state === State.quoted) {
        const kinds = state === State.quoted ? quoted : unquoted
        while ((kind = kinds[byte]!) === Kind.plain) {
          output[written++] = byte
          if (++i === to) break scan
          byte = chunk[i]!
        }
        if (kind > Kind.carriageReturn) {
          switch (kind) {
            case Kind.quote:
              state = State.closed
              break
            case Kind.escape:
              state = State.escaped
              break
            case Kind.lineBreak:
              output[written++] = byte
              if (
                byte === carriageReturn ||
                (byte === lineFeed && (i > 0 ? chunk[i - 1] : scanState.previous) !== carriageReturn)
              )
                line++
              break
            case Kind.nul:
              stop = "nul_byte"
              break scan
            default:
              lacking = scanState.beginSequence(byte, i)
              if (lacking === 0) {
                stop = "invalid_utf8"
                break scan
              }
              output[written++] = byte
          }
          i++
          continue
        }
      } else if (state === State.closed || state === State.closedAndBlank) {
        if (byte === quote && escape === quote && state === State.closed) {
          output[written++] = byte
          state = State.quoted
          i++
          continue
        }
        kind = unquoted[byte]!
        if (kind === Kind.plain || kind > Kind.carriageReturn) {
          if (extras !== null && byte === extras.blank) {
            state = State.closedAndBlank
            i++
            continue
          }
          stop = "text_after_quote"
          break
        }
        isNull = isQuotedEmptyNull && written === fieldAt + fieldHead
      } else if (state === State.escaped) {
        const isEscape = byte === escape
        if (!isEscape && byte !== quote) byte = escape
        else i++
        output[written++] = byte
        state = State.quoted
        continue
      }

      const isQuoted = state === State.closed || state === State.closedAndBlank
      if (extras !== null && !isQuoted && (columns > 0 || !hasHeader))
        if (extras.isNull(output, fieldAt + fieldHead, written)) {
          isNull = true
          written = fieldAt + fieldHead
        }
      state = State.start
      view.setInt32(fieldAt, isNull ? nullLength : written - fieldAt - fieldHead)
      isNull = false
      if (kind === Kind.delimiter) {
        if (column >= columns) {
          if (columns === 0 && column === maxColumns) {
            stop = "too_many_columns"
            break
          }
          if (columns > 0) {
            // Surplus fields are counted but not kept.
            if (column === columns) {
              scanState.surplusAt = i + 1
              keptEnd = keepsLong ? written : rowsEnd
            }
            written = keptEnd
          }
        }
        fieldAt = written
        written += fieldHead
        column++
        i++
        continue
      }
      if (column !== columns || i - recordAt > maxRecordSize) {
        stop = columns > 0 ? "ragged_record" : "first_record"
        break
      }
      rowsEnd = written
      rows++
      view.setInt16(written, columns)
      fieldAt = written + rowHead
      written = fieldAt + fieldHead
      if (kind === Kind.carriageReturn || (i > 0 ? chunk[i - 1] : scanState.previous) !== carriageReturn)
        line++
      i++
      recordAt = i
      recordLine = line
      column = 1
    }

    scanState.at = i
    scanState.column = column
    scanState.heldBlanks = heldBlanks
    scanState.lacking = lacking
    scanState.line = line
    scanState.recordAt = recordAt
    scanState.state = state
    scanState.passLines(recordLine, blank, rows === buffer.rows ? null : rows === rowsAtBlank ? lastBlank : 0)
    buffer.fieldAt = fieldAt
    buffer.keptEnd = keptEnd
    buffer.rows = rows
    buffer.rowsEnd = rowsEnd
    buffer.written = written
    // The size comes first: whether a problem past the limit is noticed depends on the cuts between chunks.
    return i - recordAt > maxRecordSize ? "record_too_large" : stop
  }
}
