import { noBytes } from "../../Bytes/noBytes.ts"
import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import type { LineCounts } from "../../Domain/load/LineCounts.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import type { LoadWarning } from "../../Domain/load/LoadWarning.ts"
import type { SkipKind } from "../../Domain/load/SkippedLine.ts"
import type { TextFormat } from "../../Domain/load/TextFormat.ts"
import { nullLength } from "../record/CopyBinary.ts"
import { CopyBuffer } from "../record/CopyBuffer.ts"
import { type HeaderLayout, plainLayout } from "../record/HeaderLayout.ts"
import {
  errorOf,
  isRowProblem,
  type RecordProblem,
  type RecordProblemCode,
  type RowProblem,
} from "../record/RecordProblem.ts"
import { type ScanRules, scanRules } from "../record/ScanRules.ts"
import { ScanState, State } from "../record/ScanState.ts"
import { BatchBuilder } from "./BatchBuilder.ts"
import type { Stop } from "./ByteScan.ts"
import { CleanScan } from "./clean/CleanScan.ts"
import type { CsvScannerOptions } from "./CsvScannerOptions.ts"
import { HeaderBuilder } from "./HeaderBuilder.ts"
import { isEndMark } from "./isEndMark.ts"
import { RowOrigins } from "./origin/RowOrigins.ts"
import { RejectHandler } from "./RejectHandler.ts"
import type { Repairs } from "./Repairs.ts"
import type { ScanContext } from "./ScanContext.ts"
import { ScanWindow } from "./ScanWindow.ts"
import { SkippedLines } from "./SkippedLines.ts"
import { StrideScan } from "./StrideScan.ts"
import { OtherTable } from "./suspect/OtherTable.ts"
import { SuspectRows } from "./suspect/SuspectRows.ts"

/** Blank lines that become rows at once, in a table of one column. */
const blankRowsAtOnce = 64 * 1024

export interface ScanResult {
  /** Complete rows, and the rejects and skipped lines between them; `null` if there are none. */
  readonly batch: CopyBatch | null
  /** Comes after the batch and ends the scan. */
  readonly error: LoadError | null
}

/**
 * Converts CSV to COPY's binary rows in one pass, without an object per field or row. The first record is the header and
 * determines the number of columns; each later one becomes a row or a reject.
 *
 * Chunks may be cut anywhere, and the result does not depend on the cuts. A record that a chunk cuts is kept as encoded
 * output, so bytes of valid records are read once, and memory is limited to a small multiple of the chunk size and the
 * largest record.
 *
 * Every line belongs to the header, a row, a reject or the skipped lines, and is counted there. Blank lines are skipped. In
 * a table of one column they are records with one NULL if another record follows. A final line ending does not start
 * another line.
 *
 * An invalid record goes to `RejectHandler`, which reads its bytes again: so the start of each record is also kept as it is
 * in the file. It ends the scan if `onBadRow` is `fail`, and so does an invalid first record.
 */
export class CsvScanner {
  readonly #maxRecordSize: number
  readonly #layout: HeaderLayout
  readonly #rules: ScanRules
  readonly #state = new ScanState()
  readonly #buffer = new CopyBuffer()
  readonly #batch: BatchBuilder
  readonly #window: ScanWindow
  readonly #scan: StrideScan
  readonly #skipped: SkippedLines
  readonly #rejects: RejectHandler
  readonly #suspects: SuspectRows
  readonly #context: ScanContext
  /** `null`: all rows are written in binary format. */
  #clean: CleanScan | null = null
  readonly #otherTable: OtherTable
  readonly #header: HeaderBuilder
  readonly #origins: RowOrigins | null
  readonly #hasUnits: boolean
  /** The next chunk is the footer. */
  #isAtFooter = false
  /** The footer, until the table has ended. */
  #footer: Uint8Array = noBytes
  /** After the end of the file, or an error. */
  #isFinished = false

  constructor(options: CsvScannerOptions) {
    const { dialect, layout = plainLayout, maxRecordSize, offset, onBadRow = "fail" } = options
    this.#rules = scanRules(dialect, options.keepsFullComments)
    this.#maxRecordSize = maxRecordSize
    this.#layout = layout
    this.#header = new HeaderBuilder(layout, options.headerRows ?? 1)
    this.#hasUnits = layout.hasHeader && (options.unitsRow ?? false)
    this.#otherTable = new OtherTable(options.knowsOtherTable ?? false)
    this.#batch = new BatchBuilder(this.#buffer, onBadRow, this.#otherTable)
    this.#window = new ScanWindow(offset, this.#state)
    this.#scan = new StrideScan(this.#rules, {
      maxRecordSize,
      hasHeader: layout.hasHeader,
      keepsLong: onBadRow !== "fail",
      counter: this.#window.counter,
      vectorFrom: options.vectorFrom,
    })
    this.#context = { window: this.#window, state: this.#state, buffer: this.#buffer, batch: this.#batch }
    const context = this.#context
    this.#origins = options.findsRows ? new RowOrigins(context, this.#rules) : null
    this.#skipped = new SkippedLines(context, this.#rules.comment)
    this.#suspects = new SuspectRows(context, this.#rules, this.#otherTable)
    this.#rejects = new RejectHandler(context, this.#rules, this.#skipped, {
      maxRecordSize,
      onBadRow,
      onFirstRow: (lines) => this.#useFirstRow(lines),
    })
    this.#skipped.begin("preamble", options.skipLines ?? 0)
    this.#state.beginRecord(0, 1)
    this.#buffer.beginRow(0)
  }

  /** The header's cells as they stand in the file; `null` until the end of the first record. */
  get header(): ReadonlyArray<string> | null {
    return this.#header.columns
  }

  /** Cells of the header before it was fitted to the width of the table. */
  get headerCells(): number {
    return this.#header.cells
  }

  /** The record, line and field that the text has reached. */
  get place(): { readonly record: number; readonly line: number; readonly column: number } {
    const { column, line } = this.#state
    return { record: this.header === null && this.#layout.hasHeader ? 0 : this.#batch.record, line, column }
  }

  /** Records in the batches so far, rows and rejects. */
  get records(): number {
    return this.#batch.batched
  }

  /** Records in the batches so far that were repaired. */
  get repairs(): Repairs {
    return this.#batch.repairs
  }

  /** Physical lines so far. */
  get lines(): LineCounts {
    return {
      total: this.#window.counter.lines,
      header: this.#header.lines,
      rows: this.#state.rowLines,
      rejects: this.#batch.rejectLines,
    }
  }

  /** Skipped lines so far. */
  get skipped(): Record<SkipKind, number> {
    return { ...this.#batch.skippedLines, blank: this.#state.blankLines + this.#skipped.blank }
  }

  /** Signs of records that are not what they seem. */
  get warnings(): ReadonlyArray<LoadWarning> {
    return [this.#suspects.swallowed, this.#otherTable.warning].filter((warning) => warning !== null)
  }

  /** Call `resume` before the next `push` or `finish`: there are more results. */
  get hasMore(): boolean {
    return (
      !this.#isFinished && (this.#window.isEnd || !this.#window.isAtEndOfChunk || this.#footer.length > 0)
    )
  }

  /**
   * Lets the next batches have their rows in text format, as parts of the chunks, if most records are clean and end like this. Call
   * it after the header. Has no effect with `findsRows`.
   */
  passClean(lineEnd: TextFormat["lineEnd"]): void {
    if (this.#origins !== null) return
    const options = { maxRecordSize: this.#maxRecordSize, lineEnd }
    this.#clean = CleanScan.make(this.#context, this.#rules, this.#suspects, options)
  }

  /** Scans the next chunk. Does not read it after `hasMore` has become false. */
  push(chunk: Uint8Array): ScanResult {
    if (!this.#isAtFooter) return this.#resume(this.#pushTable(chunk))
    this.#isAtFooter = false
    this.#footer = chunk
    return this.#resume(this.#pushTable(noBytes))
  }

  /** Ends the table: the chunks that are pushed from here on are its footer. */
  endTable(): void {
    this.#isAtFooter = true
  }

  /** Ends the file. The last record needs no line ending. */
  finish(): ScanResult {
    this.#window.isEnd = true
    return this.resume()
  }

  /** Continues with the chunk, or at the end of the file. */
  resume(): ScanResult {
    return this.#resume(null)
  }

  #pushTable(chunk: Uint8Array): LoadError | null {
    if (this.#rejects.isUndecided) return this.#track(true, () => this.#rejects.push(chunk))
    this.#window.chunk = chunk
    return null
  }

  #resume(first: LoadError | null): ScanResult {
    let error = first
    while (error === null && !this.#isFull) {
      if (!this.#window.isAtEndOfChunk) error = this.#advance() ?? this.#batch.failure
      else {
        this.#leaveChunk()
        if (!this.hasMore) break
        error = this.#end()
      }
    }
    error = this.#batch.endFooterBeforeRows() ?? error
    if (error !== null) this.#isFinished = true
    if (this.#window.isAtEndOfChunk) this.#leaveChunk()
    const batch = this.#batch.take()
    return { batch: this.#origins?.take(batch) ?? batch, error }
  }

  get #isFull(): boolean {
    return this.#batch.isFull || (this.#state.heldBlanks > 0 && this.#buffer.rows >= blankRowsAtOnce)
  }

  #leaveChunk(): void {
    this.#window.leaveChunk(!this.#rejects.isSkipping && !this.#skipped.isSkipping)
  }

  #advance(): LoadError | null {
    if (this.#rejects.isSkipping) this.#rejects.skip()
    else if (this.#skipped.isSkipping) this.#skipped.advance()
    else {
      const to = this.#clean?.advance() ?? this.#window.chunk.length
      if (to <= this.#state.at || this.#batch.failure !== null) return null
      const stop = this.#track(false, () => this.#suspects.observe(this.#scan, to))
      return stop === null ? null : this.#track(true, () => this.#stopped(stop))
    }
    return null
  }

  /** Runs a step. `isRepair`: it may make a row of a record that the scan could not read. */
  #track<A>(isRepair: boolean, step: () => A): A {
    return this.#origins === null ? step() : this.#origins.track(isRepair, step)
  }

  /** Handles whatever is incomplete at the end of the file, or of the table. */
  #end(): LoadError | null {
    const state = this.#state
    this.#window.isEnd = true
    if (this.#rejects.isUndecided || this.#rejects.isSkipping)
      return this.#track(true, () => this.#rejects.finish())
    if (this.#skipped.finish()) return null
    if (state.lacking > 0) return this.#track(true, () => this.#stopped("invalid_utf8"))
    if (state.state === State.quoted || state.state === State.escaped)
      return this.#track(true, () => this.#stopped("unterminated_quote"))
    const isBlank = state.state === State.start && state.column === 1 && state.recordAt < state.at
    if (isBlank || isEndMark(this.#state, this.#buffer)) {
      state.blankLines++
      state.beginRecord(0, state.line + 1)
      this.#buffer.beginRow(state.columns)
    }
    if (state.state !== State.start || state.column > 1) {
      this.#window.appendFinalLineFeed()
      return null
    }
    state.blankLines += state.heldBlanks
    state.heldBlanks = 0
    const error = this.header === null ? this.#header.missing : this.#batch.endTable()
    if (error === null && this.#footer.length > 0) this.#beginFooter()
    else this.#isFinished = true
    return error
  }

  #beginFooter(): void {
    const footer = this.#footer
    this.#footer = noBytes
    this.#skipped.begin("footer", Infinity)
    this.#window.isEnd = false
    this.#window.chunk = footer
    this.#state.beginRecord(0, this.#state.line)
  }

  #stopped(stop: Stop): LoadError | null {
    switch (stop) {
      case "first_record":
        this.#takeFirstRecord()
        return null
      case "comment":
        this.#state.beginRecord(this.#state.recordAt, this.#state.recordLine)
        this.#skipped.begin("comment", 1)
        return null
      case "held_blanks":
        this.#addBlankRows()
        return null
      default:
        return this.#invalid(stop)
    }
  }

  #invalid(code: RecordProblemCode): LoadError | null {
    const isFirst = this.header === null
    const problem = this.#state.problem(code, this.place.record, this.#window.offset, this.#maxRecordSize)
    if (!isRowProblem(problem)) return errorOf(problem)
    if (isFirst) return this.#invalidFirst(problem)
    if (this.#lacksOptionalColumns(problem)) {
      this.#fillOptionalColumns()
      return null
    }
    this.#scan.afterReject()
    return this.#rejects.handle(problem)
  }

  /** Repairs the quotes of the first record if the sample shows how many fields it has. */
  #invalidFirst(problem: RowProblem): LoadError | null {
    const { width } = this.#layout
    return width === null ? errorOf(problem) : this.#rejects.handle({ ...problem, columns: width })
  }

  /** The first record, which ends here, determines the columns. */
  #takeFirstRecord(): void {
    const buffer = this.#buffer
    const state = this.#state
    buffer.view.setInt16(0, state.column)
    buffer.endRow(buffer.written)
    const first = state.recordLine
    state.passLineEnd(this.#window.chunk)
    this.#useFirstRow(state.line - first)
  }

  /** Takes the columns, or a row of the header, from the only row so far, which has this many lines. */
  #useFirstRow(lines: number): void {
    const buffer = this.#buffer
    const row = buffer.bytes.subarray(0, buffer.rowsEnd)
    this.#header.add(row, lines)
    if (this.#layout.hasHeader) buffer.dropRows(1, 0)
    else this.#state.rowLines += lines
    this.#state.columns = this.header?.length ?? 0
    buffer.beginRow(this.#state.columns)
    if (this.header === null) return
    if (this.#header.isOneRecord) this.#suspects.header = row
    if (this.#hasUnits) this.#skipped.begin("preamble", 1)
    this.#state.blankLinesAtRow = this.#state.blankLines
  }

  /** The blank lines before this record are rows. */
  #addBlankRows(): void {
    const state = this.#state
    const rows = Math.min(state.heldBlanks, blankRowsAtOnce)
    state.heldBlanks -= rows
    state.rowLines += rows
    this.#buffer.addEmptyRows(rows, this.#rules.isUnquotedEmptyNull ? nullLength : 0)
  }

  #lacksOptionalColumns({ code, column, columns }: RecordProblem): boolean {
    return code === "ragged_record" && column < columns && column >= columns - this.#layout.optionalColumns
  }

  /** Makes a row of a record that ends before columns that it may lack. */
  #fillOptionalColumns(): void {
    const buffer = this.#buffer
    const state = this.#state
    const first = state.recordLine
    buffer.appendNulls(state.columns - state.column)
    buffer.endRow(buffer.written)
    buffer.beginRow(state.columns)
    state.passLineEnd(this.#window.chunk)
    state.rowLines += state.line - first
    state.blankLinesAtRow = state.blankLines
    this.#batch.countRepair("short_record")
  }
}
