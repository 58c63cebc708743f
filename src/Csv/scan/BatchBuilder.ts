import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import type { RepairReason } from "../../Domain/load/Findings.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import type { OnBadRow } from "../../Domain/load/options/LoadOptions.ts"
import type { Reject } from "../../Domain/load/Reject.ts"
import type { SkippedLine } from "../../Domain/load/SkippedLine.ts"
import type { CopyBuffer } from "../record/CopyBuffer.ts"
import { errorOf, rejectOf, type RowProblem } from "../record/RecordProblem.ts"
import { FooterCandidate, type HeldLine } from "./footer/FooterCandidate.ts"
import { Repairs } from "./Repairs.ts"
import type { OtherTable } from "./suspect/OtherTable.ts"

/** Limits the memory that a large chunk full of rejects or skipped lines can take. */
const maxLines = 1000

/** Numbers the records after the header, and puts rows, rejects and skipped lines together into batches. */
export class BatchBuilder {
  readonly #buffer: CopyBuffer
  readonly #onBadRow: OnBadRow
  readonly #otherTable: OtherTable
  #rejects: Array<Reject> = []
  #skipped: Array<SkippedLine> = []
  #footer = new FooterCandidate()
  /** Number of rows before the footer's first record, and their end in the buffer. */
  #footerRows = 0
  #footerRowsEnd = 0
  /** The records since this number of rows are no footer: there are too many. */
  #rejectsFrom = -1
  /** Set if records were held back that are no footer, with `onBadRow=fail`. */
  failure: LoadError | null = null
  /** Records in the batches so far, and the rows among them. */
  batched = 0
  #batchedRows = 0
  readonly repairs = new Repairs()
  rejectLines = 0
  readonly skippedLines = { preamble: 0, comment: 0, footer: 0 }

  /** @param buffer contains the rows of the next batch */
  constructor(buffer: CopyBuffer, onBadRow: OnBadRow, otherTable: OtherTable) {
    this.#buffer = buffer
    this.#otherTable = otherTable
    this.#onBadRow = onBadRow
  }

  /** Number of the current record, from 1. */
  get record(): number {
    return this.batched + this.#buffer.rows + this.#rejects.length + this.#footer.records + 1
  }

  /** Rows so far. */
  get rows(): number {
    return this.#batchedRows + this.#buffer.rows
  }

  get isFull(): boolean {
    return this.#rejects.length + this.#skipped.length >= maxLines
  }

  /** Rejects the current record, with this text, length in bytes and number of lines. */
  reject(problem: RowProblem, raw: string, rawBytes: number, lines: number): void {
    if (this.endFooter() === null) this.#addReject(problem, raw, rawBytes, lines)
  }

  /** Adds a comment or a line outside the table. */
  skip(line: SkippedLine): void {
    this.endFooterBeforeRows()
    const held = { line, problem: null, cells: 0, isSeparated: false, isCut: false }
    if (this.#footer.records > 0 && this.#footer.add(held)) return
    this.endFooter()
    this.#addSkipped(line)
  }

  /** Holds back a record that is part of the footer if no row follows, else a reject. Needs a row before it. */
  hold(held: HeldLine & { readonly problem: RowProblem }): void {
    this.endFooterBeforeRows()
    if (this.#footer.records === 0) {
      this.#footerRows = this.rows
      this.#footerRowsEnd = this.#buffer.rowsEnd
    }
    if (this.#rejectsFrom !== this.rows && this.#footer.add(held)) return
    this.#rejectsFrom = this.rows
    this.reject(held.problem, held.line.raw, held.line.rawBytes, 1)
  }

  /** Rejects the records that were held back. With `onBadRow=fail` returns the error of the first one. */
  endFooter(): LoadError | null {
    const lines = this.#footer.take()
    for (const { line, problem } of lines) {
      if (problem === null) this.#addSkipped(line)
      else if (this.#onBadRow !== "fail") this.#addReject(problem, line.raw, line.rawBytes, 1)
      else if (this.failure === null) {
        this.failure = errorOf(problem)
        this.#buffer.dropRows(this.rows - this.#footerRows, this.#footerRowsEnd)
      }
    }
    return this.failure
  }

  /** The same if rows follow them. */
  endFooterBeforeRows(): LoadError | null {
    return this.#footer.records > 0 && this.rows > this.#footerRows ? this.endFooter() : this.failure
  }

  /** Decides about the records that were held back, at the end of the table. */
  endTable(): LoadError | null {
    if (!this.#footer.isFooter || this.rows > this.#footerRows) return this.endFooter()
    for (const { line } of this.#footer.take()) this.#addSkipped(line)
    return null
  }

  /** Counts the repair of the last row. */
  countRepair(reason: RepairReason): void {
    this.repairs.add(reason, this.record - 1)
  }

  /** Returns the batch and starts the next one; `null` if it is empty. */
  take(): CopyBatch | null {
    const batch = this.#buffer.take(this.batched + 1, this.#rejects, this.#skipped)
    if (batch === null) return null
    this.batched += batch.rows + batch.rejects.length
    this.#batchedRows += batch.rows
    this.#footerRowsEnd = 0
    this.#rejects = []
    this.#skipped = []
    return batch
  }

  #addReject(problem: RowProblem, raw: string, rawBytes: number, lines: number): void {
    this.#otherTable.reject(problem)
    this.#rejects.push(rejectOf(problem, raw, rawBytes))
    this.rejectLines += lines
  }

  #addSkipped(line: SkippedLine): void {
    this.#skipped.push(line)
    this.skippedLines[line.kind]++
  }
}
