import type { OnBadRow } from "../../Domain/load/LoadOptions.ts"
import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import type { RepairReason } from "../../Domain/load/Findings.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import { decodeRows, fieldHead } from "../record/CopyBinary.ts"
import { CopyBuffer } from "../record/CopyBuffer.ts"
import type { Dialect } from "../record/Dialect.ts"
import { columnsOf, type HeaderLayout, plainLayout } from "../record/HeaderLayout.ts"
import { emptyFile, errorOf, type RecordProblem, type RowProblem } from "../record/RecordProblem.ts"
import { scanRules } from "../record/ScanRules.ts"
import { ScanState, State } from "../record/ScanState.ts"
import { BatchBuilder } from "./BatchBuilder.ts"
import type { Stop } from "./ByteScan.ts"
import { RejectHandler } from "./RejectHandler.ts"
import { ScanWindow } from "./ScanWindow.ts"
import { initialBufferSize, StrideScan } from "./StrideScan.ts"

/** Limits the memory that a large chunk full of rejects can take. */
const maxRejectsPerBatch = 1000

/** Ctrl-Z, which CP/M and DOS put at the end of text files. */
const substitute = 0x1a

export interface ScanResult {
  /** Complete rows, and the rejects between them; `null` if there are none. */
  readonly batch: CopyBatch | null
  /** Comes after the batch and ends the scan. */
  readonly error: LoadError | null
}

export interface CsvScannerOptions {
  readonly dialect: Dialect
  /** Largest record in bytes, without its line ending. */
  readonly maxRecordSize: number
  /** Offset of the first chunk in the file. */
  readonly offset: number
  /** Line number of the first chunk, from 1. */
  readonly line?: number
  /** Whether there is a header, and how wide. */
  readonly layout?: HeaderLayout
  /** What to do with records that cannot be loaded; the default is to fail. */
  readonly onBadRow?: OnBadRow
  /** Bytes from which the SIMD path is used; `Infinity`: never. */
  readonly vectorFrom?: number
}

/**
 * Converts CSV to COPY's binary rows in one pass, without an object per field or row. The first record is the header and
 * determines the number of columns; each later one becomes a row or a reject.
 *
 * Chunks may be cut anywhere, and the result does not depend on the cuts. A record that a chunk cuts is kept as encoded
 * output, so bytes of valid records are read once, and memory is limited to a small multiple of the chunk size and the
 * largest record.
 *
 * Blank lines are skipped. In a table of one column they are records with one NULL, also at the end of the file; a final
 * line ending does not start another line.
 *
 * An invalid record ends the scan if `onBadRow` is `fail`, and so does an invalid first record. Others go to
 * `RejectHandler`, which reads their bytes again: so the start of each record is also kept as it is in the file.
 */
export class CsvScanner {
  readonly #maxRecordSize: number
  readonly #layout: HeaderLayout
  readonly #onBadRow: OnBadRow
  readonly #state = new ScanState()
  readonly #buffer = new CopyBuffer(initialBufferSize)
  readonly #batch = new BatchBuilder(this.#buffer)
  readonly #window: ScanWindow
  readonly #scan: StrideScan
  readonly #rejects: RejectHandler
  #header: ReadonlyArray<string> | null = null
  /** After the end of the file, or an error. */
  #isFinished = false

  constructor(options: CsvScannerOptions) {
    const { dialect, layout = plainLayout, line = 1, maxRecordSize, offset, onBadRow = "fail" } = options
    const rules = scanRules(dialect)
    this.#maxRecordSize = maxRecordSize
    this.#layout = layout
    this.#onBadRow = onBadRow
    this.#window = new ScanWindow(offset, this.#state)
    this.#scan = new StrideScan(rules, {
      maxRecordSize,
      hasHeader: layout.hasHeader,
      keepsLong: onBadRow === "pad",
      vectorFrom: options.vectorFrom,
    })
    const context = { window: this.#window, state: this.#state, buffer: this.#buffer, batch: this.#batch }
    this.#rejects = new RejectHandler(context, rules, onBadRow, maxRecordSize)
    this.#state.beginRecord(0, line)
    this.#buffer.beginRow(0)
  }

  /** The header's cells as they stand in the file; `null` until the end of the first record. */
  get header(): ReadonlyArray<string> | null {
    return this.#header
  }

  /** The current physical line, from 1. */
  get line(): number {
    return this.#state.line
  }

  /** Records in the batches so far, rows and rejects. */
  get records(): number {
    return this.#batch.batched
  }

  /** Records in the batches so far that were repaired. */
  get repairs(): Partial<Record<RepairReason, number>> {
    return this.#batch.repairs
  }

  /** Call `resume` before the next `push` or `finish`: there are more results. */
  get hasMore(): boolean {
    return !this.#isFinished && (this.#window.isEnd || !this.#window.isAtEndOfChunk)
  }

  /** Scans the next chunk. Does not read it after `hasMore` has become false. */
  push(chunk: Uint8Array): ScanResult {
    if (this.#rejects.isUndecided) this.#rejects.push(chunk)
    else this.#window.chunk = chunk
    return this.resume()
  }

  /** Ends the file. The last record needs no line ending. */
  finish(): ScanResult {
    this.#window.isEnd = true
    return this.resume()
  }

  /** Continues with the chunk, or at the end of the file. */
  resume(): ScanResult {
    let error: LoadError | null = null
    while (error === null && this.#batch.waitingRejects < maxRejectsPerBatch) {
      if (!this.#window.isAtEndOfChunk) error = this.#advance()
      else {
        this.#leaveChunk()
        if (!this.hasMore) break
        error = this.#end()
      }
    }
    if (error !== null) this.#isFinished = true
    if (this.#window.isAtEndOfChunk) this.#leaveChunk()
    return { batch: this.#batch.take(), error }
  }

  #leaveChunk(): void {
    this.#window.leaveChunk(this.#onBadRow !== "fail" && this.#header !== null && !this.#rejects.isSkipping)
  }

  #advance(): LoadError | null {
    if (this.#rejects.isSkipping) {
      this.#rejects.skip()
      return null
    }
    const stop = this.#scan.advance(this.#window.chunk, this.#state, this.#buffer)
    return stop === null ? null : this.#stopped(stop)
  }

  /** Handles whatever is incomplete at the end of the file. */
  #end(): LoadError | null {
    const state = this.#state
    if (this.#rejects.finish()) return null
    if (state.lacking > 0) return this.#stopped("invalid_utf8")
    if (state.state === State.quoted || state.state === State.escaped)
      return this.#stopped("unterminated_quote")
    if (this.#isEndMark()) {
      state.beginRecord(0, state.line)
      this.#buffer.beginRow(state.columns)
    }
    if (state.state !== State.start || state.column > 1) {
      this.#window.appendFinalLineFeed()
      return null
    }
    this.#isFinished = true
    return this.#header === null ? emptyFile() : null
  }

  /** Whether the last line consists of Ctrl-Z only. */
  #isEndMark(): boolean {
    const { column, state } = this.#state
    const { bytes, fieldAt, written } = this.#buffer
    const text = bytes.subarray(fieldAt + fieldHead, written)
    return (
      column === 1 && state === State.unquoted && text.length > 0 && text.every((byte) => byte === substitute)
    )
  }

  #stopped(stop: Stop): LoadError | null {
    if (stop === "first_record") {
      this.#takeFirstRecord()
      return null
    }
    const isFirst = this.#header === null
    const record = isFirst && this.#layout.hasHeader ? 0 : this.#batch.record
    const problem = this.#state.problem(stop, record, this.#window.offset, this.#maxRecordSize)
    if (!isFirst && this.#lacksOptionalLast(problem)) {
      this.#fillOptionalLast()
      return null
    }
    if (isFirst || this.#onBadRow === "fail" || !isRowProblem(problem)) return errorOf(problem)
    this.#scan.afterReject()
    this.#rejects.handle(problem)
    return null
  }

  /** The first record, which ends here, determines the columns. */
  #takeFirstRecord(): void {
    const buffer = this.#buffer
    buffer.view.setInt16(0, this.#state.column)
    const [record = []] = decodeRows(buffer.bytes.subarray(0, buffer.written), 1)
    const header = columnsOf(record, this.#layout)
    this.#header = header
    this.#state.columns = header.length
    if (!this.#layout.hasHeader) buffer.endRow(buffer.written)
    buffer.beginRow(header.length)
    this.#state.passLineEnd(this.#window.chunk)
  }

  #lacksOptionalLast({ code, column, columns }: RecordProblem): boolean {
    return this.#layout.isLastOptional && code === "ragged_record" && column === columns - 1
  }

  /** Makes a row of a record that has no delimiter before an empty last column. */
  #fillOptionalLast(): void {
    const buffer = this.#buffer
    buffer.appendNulls(1)
    buffer.endRow(buffer.written)
    buffer.beginRow(this.#state.columns)
    this.#state.passLineEnd(this.#window.chunk)
    this.#batch.countRepair("short_record")
  }
}

const isRowProblem = (problem: RecordProblem): problem is RowProblem => problem.code !== "too_many_columns"
