import { maxColumns } from "../../Domain/load/Column.ts"
import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import type { BadRecordCode } from "../record/BadRecord.ts"
import { Kind, lineEnd } from "../record/ByteKinds.ts"
import { fieldHead, nullLength, rowHead } from "../record/CopyBinary.ts"
import type { CopyBuffer } from "../record/CopyBuffer.ts"
import type { ScanRules } from "../record/ScanRules.ts"
import { type ScanState, State } from "../record/ScanState.ts"

/** Most output bytes per input byte: a line break behind nothing gives a row with one NULL. */
const expansion = rowHead + fieldHead
/** Room for what an earlier byte still owes: an escape kept back. */
const slack = 8

/** Output that so many bytes of input may need. */
export const roomFor = (bytes: number): number => expansion * bytes + slack

/**
 * Why the loop did not go on to the end of its piece: at a byte that makes the record a bad one, or at the line
 * end of the first record, which settles the columns.
 */
export type Stop = BadRecordCode | "first_record"

export interface ByteScanOptions {
  /** Largest record in bytes, its line ending not counted. */
  readonly maxRecordSize: number
  /** The first record names the columns, and no cell of it is NULL. */
  readonly hasHeader: boolean
  /** Of a record with too many fields, those that fit are kept in the buffer, up to its `keptEnd`. */
  readonly keepsLong: boolean
}

/** The scanner's way through anything: a byte at a time. It decides what is a record, and what a bad one. */
export class ByteScan {
  readonly #rules: ScanRules
  readonly #options: ByteScanOptions

  constructor(rules: ScanRules, options: ByteScanOptions) {
    this.#rules = rules
    this.#options = options
  }

  /**
   * Scans `chunk[from, to)`. Where it stops, nothing has been done about the byte at `place.at`.
   *
   * The fields of `place` and `buffer` are taken into local variables, which the compiler keeps in registers, and
   * written back at the end. Each turn of the loop goes to the end of a run of plain bytes, deals with the byte
   * behind it, and, when that one ends the field, falls through to the last part.
   */
  advance(chunk: Uint8Array, from: number, to: number, place: ScanState, buffer: CopyBuffer): Stop | null {
    buffer.reserve(roomFor(to - from))
    const output = buffer.bytes
    const { view } = buffer
    const { escape, extras, isQuotedEmptyNull, isUnquotedEmptyNull, quote, quoted, unquoted } = this.#rules
    const { hasHeader, keepsLong, maxRecordSize } = this.#options
    const { columns } = place
    let { column, lacking, line, recordAt, state } = place
    let { fieldAt, keptEnd, rows, rowsEnd, written } = buffer
    let i = from
    let kind: number = Kind.plain
    let isNull = false
    let stop: Stop | null = null

    scan: while (i < to) {
      let byte = chunk[i]!
      if (lacking > 0) {
        if (!place.continuesSequence(byte)) {
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
          const isComment = byte === extras.comment && column === 1
          if (isComment || byte === extras.blank) {
            if (isComment) state = State.comment
            i++
            continue
          }
        }
        if (byte === quote) {
          place.quoteAt = i
          place.quoteLine = line
          state = State.quoted
          i++
          continue
        }
        kind = unquoted[byte]!
        if (kind === Kind.plain || kind > Kind.carriageReturn) {
          state = State.unquoted
        } else {
          if (column === 1 && kind !== Kind.delimiter) {
            const isRestOfCrlf =
              byte === lineFeed && (i > 0 ? chunk[i - 1] : place.previous) === carriageReturn
            if (isRestOfCrlf || columns !== 1) {
              if (!isRestOfCrlf) line++
              i++
              recordAt = i
              place.recordLine = line
              continue
            }
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
                (byte === lineFeed && (i > 0 ? chunk[i - 1] : place.previous) !== carriageReturn)
              )
                line++
              break
            case Kind.nul:
              stop = "nul_byte"
              break scan
            default:
              lacking = place.beginSequence(byte, i)
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
      } else if (state === State.comment) {
        i = lineEnd(chunk, i, to, unquoted)
        recordAt = i
        if (i === to) break
        place.recordLine = ++line
        recordAt = ++i
        state = State.start
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
            // Too many fields. The rest is read to know how many, and not kept.
            if (column === columns) {
              place.surplusAt = i + 1
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
      if (kind === Kind.carriageReturn || (i > 0 ? chunk[i - 1] : place.previous) !== carriageReturn) line++
      i++
      recordAt = i
      place.recordLine = line
      column = 1
    }

    place.at = i
    place.column = column
    place.lacking = lacking
    place.line = line
    place.recordAt = recordAt
    place.state = state
    buffer.fieldAt = fieldAt
    buffer.keptEnd = keptEnd
    buffer.rows = rows
    buffer.rowsEnd = rowsEnd
    buffer.written = written
    // Size comes first: other trouble behind the limit is found or not found depending on the cuts.
    return i - recordAt > maxRecordSize ? "record_too_large" : stop
  }
}
