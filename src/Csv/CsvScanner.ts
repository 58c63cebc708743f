import { maxColumns } from "../Domain/Column.ts"
import type { CopyBatch } from "../Domain/CopySink.ts"
import type { LoadError } from "../Domain/LoadError.ts"
import { carriageReturn, lineFeed } from "./Ascii.ts"
import { type BadRecordCode, emptyFile, refuse } from "./BadRecord.ts"
import { Kind, lineEnd } from "./ByteKinds.ts"
import { decodeRow, fieldHead, nullLength, rowHead } from "./CopyBinary.ts"
import { CopyBuffer } from "./CopyBuffer.ts"
import type { Dialect } from "./Dialect.ts"
import { columnsOf, type HeaderLayout, plainLayout } from "./HeaderLayout.ts"
import { type ScanRules, scanRules } from "./ScanRules.ts"
import { ScanState, State } from "./ScanState.ts"
import { inputSize } from "./vector/assembly/memory.ts"
import { VectorScan } from "./vector/VectorScan.ts"

const oneLineFeed = Uint8Array.of(lineFeed)

/**
 * Input bytes between two looks at the room left in the output and at the record's size: by vectors, and by the
 * byte, where room must be made for the worst.
 */
const vectorStride = inputSize
const stride = 16 * 1024
/** Most output bytes per input byte: a line break behind nothing gives a row with one NULL. */
const expansion = rowHead + fieldHead
/** Room for what an earlier byte still owes: an escape kept back. */
const slack = 8

/** A piece of fewer bytes is scanned as fast by the byte. */
const worthVectors = 128

/** What a chunk gave. `batch` holds whole rows; with an error, those before it, and the scanner is spent. */
export interface Scanned {
  readonly batch: CopyBatch | null
  readonly error: LoadError | null
}

/**
 * CSV in, COPY's binary rows out, in one pass and without an object per field or row. The first record is the header
 * and settles the number of columns; every later one becomes a row.
 *
 * Chunks may be cut anywhere, and the outcome does not depend on the cuts: what a chunk leaves unfinished is
 * kept as encoded output, so no byte is looked at twice, and memory is bounded by a small multiple of the
 * chunk's and the largest record's size. A chunk is not kept after `push`.
 *
 * Blank lines are skipped, but in a table of one column they are records, each with one NULL; the last line
 * of the file is no exception, and a file that ends with a line ending has no line behind it.
 */
export class CsvScanner {
  readonly #rules: ScanRules
  readonly #maxRecordSize: number
  readonly #layout: HeaderLayout

  #header: ReadonlyArray<string> | null = null
  /** Records after the header that are complete and have left in a batch. */
  #records = 0

  readonly #buffer = new CopyBuffer(expansion * stride + slack)

  /** Offset in the file of the chunk at hand. */
  #base: number
  readonly #place = new ScanState()
  readonly #vector: VectorScan | null
  readonly #vectorFrom: number

  /**
   * @param options.maxRecordSize largest record in bytes, its line ending not counted
   * @param options.offset bytes of the file that come before the first chunk
   * @param options.line number of the first chunk's first line in the file, from 1
   * @param options.layout whether there is a header, and how wide
   * @param options.vectorFrom bytes from which a piece is scanned by vectors; `Infinity`: never
   */
  constructor(options: {
    readonly dialect: Dialect
    readonly maxRecordSize: number
    readonly offset: number
    readonly line?: number
    readonly layout?: HeaderLayout
    readonly vectorFrom?: number
  }) {
    this.#rules = scanRules(options.dialect)
    this.#maxRecordSize = options.maxRecordSize
    this.#base = options.offset
    this.#layout = options.layout ?? plainLayout
    this.#place.startAt(options.line ?? 1)
    this.#vector = VectorScan.make(options.dialect, options.maxRecordSize)
    this.#vectorFrom = options.vectorFrom ?? worthVectors
    this.#buffer.written = rowHead + fieldHead
    this.#buffer.fieldAt = rowHead
  }

  /** The header's cells as they stand in the file; `null` until its record has ended. */
  get header(): ReadonlyArray<string> | null {
    return this.#header
  }

  /** Takes the next chunk; all rows that end in it are one batch. */
  push(chunk: Uint8Array): Scanned {
    const { length } = chunk
    let error: LoadError | null = null
    for (let from = 0, to = 0; from < length && error === null; from = to) {
      const vector = this.#header === null || length - from < this.#vectorFrom ? null : this.#vector
      to = Math.min(length, from + (vector === null ? stride : vectorStride))
      error = vector === null ? this.#scan(chunk, from, to) : this.#scanByVector(vector, chunk, from, to)
    }
    this.#place.leave(chunk)
    this.#base += length
    return this.#scanned(error)
  }

  /** The physical line it has come to, from 1. */
  get line(): number {
    return this.#place.line
  }

  /** Ends the file: a last record without a line ending ends with it. */
  finish(): Scanned {
    return this.#scanned(this.#end())
  }

  #end(): LoadError | null {
    const place = this.#place
    if (place.lacking > 0) return this.#refuse("invalid_utf8", 0)
    if (place.state === State.quoted || place.state === State.escaped)
      return this.#refuse("unterminated_quote", 0)
    const error = place.state !== State.start || place.column > 1 ? this.#scan(oneLineFeed, 0, 1) : null
    return error ?? (this.#header === null ? emptyFile() : null)
  }

  /** Scans `chunk[from, to)`, by the byte only what is not ordinary. */
  #scanByVector(vector: VectorScan, chunk: Uint8Array, from: number, to: number): LoadError | null {
    const whole = Math.min(to, from + this.#place.lacking)
    const error = whole > from ? this.#scan(chunk, from, whole) : null
    return error ?? this.#scan(chunk, vector.advance(chunk, whole, to, this.#place, this.#buffer), to)
  }

  /**
   * Scans `chunk[from, to)` by the byte. The fields are taken into local variables, which the compiler keeps
   * in registers, and written back at the end.
   *
   * Each turn of the loop goes to the end of a run of plain bytes, deals with the byte behind it, and, when
   * that one ends the field, falls through to the last part.
   */
  #scan(chunk: Uint8Array, from: number, to: number): LoadError | null {
    const place = this.#place
    const buffer = this.#buffer
    buffer.reserve(expansion * (to - from) + slack)
    const output = buffer.bytes
    const { view } = buffer
    const { escape, extras, quote, quoted, unquoted } = this.#rules
    const maxRecordSize = this.#maxRecordSize
    let columns = place.columns
    let state = place.state
    let line = place.line
    let column = place.column
    let recordAt = place.recordAt
    let lacking = place.lacking
    let { fieldAt, rows, rowsEnd, written } = buffer
    let i = from
    let kind: number = Kind.plain
    let isNull = false
    let bad: BadRecordCode | null = null

    scan: while (i < to) {
      let byte = chunk[i]!
      if (lacking > 0) {
        if (!place.continuesSequence(byte)) {
          bad = "invalid_utf8"
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
          isNull = this.#rules.isUnquotedEmptyNull
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
              bad = "nul_byte"
              break scan
            default:
              lacking = place.beginSequence(byte, i)
              if (lacking === 0) {
                bad = "invalid_utf8"
                break scan
              }
              output[written++] = byte
          }
          i++
          continue
        }
      } else if (state === State.closed) {
        if (byte === quote && escape === quote) {
          output[written++] = byte
          state = State.quoted
          i++
          continue
        }
        kind = unquoted[byte]!
        if (kind === Kind.plain || kind > Kind.carriageReturn) {
          if (extras !== null && byte === extras.blank) {
            i++
            continue
          }
          bad = "text_after_quote"
          break
        }
        isNull = this.#rules.isQuotedEmptyNull && written === fieldAt + fieldHead
      } else if (state === State.escaped) {
        const isEscape = byte === escape
        if (!isEscape && byte !== quote) byte = escape
        else i++
        output[written++] = byte
        state = State.quoted
        continue
      } else if (state === State.comment) {
        i = lineEnd(chunk, i, to, unquoted)
        if (i === to) break
        place.recordLine = ++line
        recordAt = ++i
        state = State.start
        continue
      }

      if (extras !== null && state !== State.closed && (columns > 0 || !this.#layout.hasHeader))
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
            bad = "too_many_columns"
            break
          }
          if (columns > 0) {
            // Too many fields. The rest is read to know how many, and not kept.
            if (column === columns) place.surplusAt = i + 1
            written = rowsEnd
          }
        }
        fieldAt = written
        written += fieldHead
        column++
        i++
        continue
      }
      if (column !== columns || i - recordAt > maxRecordSize) {
        if (columns > 0 || i - recordAt > maxRecordSize) {
          bad = "ragged_record"
          break
        }
        columns = this.#takeHeader(written)
        if (!this.#layout.hasHeader) {
          rowsEnd = written
          rows++
        }
        written = rowsEnd
      } else {
        rowsEnd = written
        rows++
      }
      view.setInt16(written, columns)
      fieldAt = written + rowHead
      written = fieldAt + fieldHead
      if (kind === Kind.carriageReturn || (i > 0 ? chunk[i - 1] : place.previous) !== carriageReturn) line++
      i++
      recordAt = i
      place.recordLine = line
      column = 1
    }

    place.state = state
    place.line = line
    place.column = column
    place.recordAt = recordAt
    place.lacking = lacking
    buffer.rows = rows
    buffer.rowsEnd = rowsEnd
    buffer.written = written
    buffer.fieldAt = fieldAt
    // Size comes first: other trouble behind the limit is found or not found depending on the cuts.
    if (i - recordAt > maxRecordSize) bad = "record_too_large"
    return bad === null ? null : this.#refuse(bad, i)
  }

  #scanned(error: LoadError | null): Scanned {
    const batch = this.#buffer.take(this.#records + 1)
    this.#records += batch?.rows ?? 0
    return { batch, error }
  }

  /** Settles the columns, by the first record that ends at `end` of the output. */
  #takeHeader(end: number): number {
    const header = columnsOf(decodeRow(this.#buffer.bytes.subarray(0, end)), this.#layout)
    this.#header = header
    this.#place.columns = header.length
    this.#buffer.view.setInt16(0, header.length)
    return header.length
  }

  #refuse(code: BadRecordCode, at: number): LoadError {
    const isHeader = this.#header === null && this.#layout.hasHeader
    const record = isHeader ? 0 : this.#records + this.#buffer.rows + 1
    return refuse(this.#place.badRecord(code, record, this.#base, at, this.#maxRecordSize))
  }
}
