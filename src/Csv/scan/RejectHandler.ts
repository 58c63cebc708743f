import type { OnBadRow } from "../../Domain/load/LoadOptions.ts"
import { countLineEnds } from "../record/countLineEnds.ts"
import type { CopyBuffer } from "../record/CopyBuffer.ts"
import { rawText } from "../record/rawText.ts"
import type { RowProblem } from "../record/RecordProblem.ts"
import type { ScanRules } from "../record/ScanRules.ts"
import type { ScanState } from "../record/ScanState.ts"
import { RecordRecovery } from "../repair/RecordRecovery.ts"
import { RecordSkip } from "../repair/RecordSkip.ts"
import type { BatchBuilder } from "./BatchBuilder.ts"
import type { ScanWindow } from "./ScanWindow.ts"

/** What the scanner works on. */
export interface ScanContext {
  readonly window: ScanWindow
  readonly state: ScanState
  readonly buffer: CopyBuffer
  readonly batch: BatchBuilder
}

/** Repairs or rejects records that cannot be loaded as they are, and moves the scan to the next record. */
export class RejectHandler {
  readonly #context: ScanContext
  readonly #recovery: RecordRecovery
  readonly #onBadRow: OnBadRow
  /** A record that needs this many bytes, or the end of the file, to decide about it. The window holds it. */
  #undecided: { readonly problem: RowProblem; readonly minBytes: number } | null = null
  #skip: RecordSkip | null = null

  constructor(context: ScanContext, rules: ScanRules, onBadRow: OnBadRow, maxRecordSize: number) {
    this.#context = context
    this.#onBadRow = onBadRow
    this.#recovery = new RecordRecovery(rules, maxRecordSize)
  }

  get isUndecided(): boolean {
    return this.#undecided !== null
  }

  /** The scan is inside a reject that is too large to be kept. */
  get isSkipping(): boolean {
    return this.#skip !== null
  }

  handle(problem: RowProblem): void {
    const { state, window } = this.#context
    window.joinRecord()
    if (problem.code === "ragged_record" && problem.line === problem.recordLine)
      this.#settleRagged(problem, state.at)
    else this.#recover(problem)
  }

  /** Adds a chunk to the record that is undecided. */
  push(chunk: Uint8Array): void {
    const { window } = this.#context
    window.extendRecord(chunk)
    if (window.kept >= this.#undecided!.minBytes) this.#decide()
  }

  /** Skips to the end of a large reject, or of the chunk. */
  skip(): void {
    const skip = this.#skip!
    const { state, window } = this.#context
    const end = skip.advance(window.chunk, state.at)
    state.at = end
    state.line = skip.problem.recordLine + skip.lineEnds
    if (end < window.chunk.length) this.#endSkip(end + 1)
  }

  /** Decides at the end of the file. Returns false if no record was open here. */
  finish(): boolean {
    if (this.#undecided !== null) this.#decide()
    else if (this.#skip !== null) this.#endSkip(0)
    else return false
    return true
  }

  #decide(): void {
    const { problem } = this.#undecided!
    this.#undecided = null
    this.#context.window.joinRecord()
    this.#recover(problem)
  }

  #recover(problem: RowProblem): void {
    const { batch, buffer, state, window } = this.#context
    const { chunk, isEnd } = window
    const at = state.recordAt
    const recovery = this.#recovery.recover(problem, { bytes: chunk, at, isEnd }, buffer)
    switch (recovery._tag) {
      case "Row": {
        batch.countRepair("stray_quote")
        return this.#resumeAfter(recovery.end)
      }
      case "Reject": {
        if (recovery.isWhole && problem.code === "ragged_record")
          return this.#settleRagged(problem, recovery.end)
        return this.#rejectUpTo(recovery.problem, recovery.end)
      }
      case "RejectLarge": {
        this.#skip = new RecordSkip(recovery.problem, recovery.lexer, chunk.subarray(at, recovery.from))
        state.at = recovery.from
        return
      }
      case "NeedMoreBytes": {
        window.holdRecord()
        this.#undecided = { problem, minBytes: 2 * window.kept }
      }
    }
  }

  /** Pads or rejects a record with a wrong number of fields. Its row is under construction, and it ends at `end`. */
  #settleRagged(problem: RowProblem, end: number): void {
    const { batch, buffer } = this.#context
    const lacking = problem.columns - problem.column
    if (this.#onBadRow !== "pad") return this.#rejectUpTo(problem, end)
    if (lacking > 0) buffer.appendNulls(lacking)
    buffer.endRow(lacking > 0 ? buffer.written : buffer.keptEnd)
    batch.countRepair(lacking > 0 ? "short_record" : "long_record")
    this.#resumeAfter(end)
  }

  #rejectUpTo(problem: RowProblem, end: number): void {
    const { batch, state, window } = this.#context
    const bytes = window.chunk.subarray(state.recordAt, end)
    batch.reject(problem, rawText(bytes), bytes.length)
    this.#resumeAfter(end)
  }

  /** Starts the next record after the line end at `end`. */
  #resumeAfter(end: number): void {
    const { state, window } = this.#context
    const next = Math.min(end + 1, window.chunk.length)
    this.#beginRecord(next, state.recordLine + countLineEnds(window.chunk, state.recordAt, next, 0))
  }

  #endSkip(next: number): void {
    const { problem, raw, rawBytes } = this.#skip!
    this.#skip = null
    this.#context.batch.reject(problem, raw, rawBytes)
    this.#beginRecord(next, this.#context.state.line)
  }

  #beginRecord(at: number, line: number): void {
    const { buffer, state } = this.#context
    state.beginRecord(at, line)
    buffer.beginRow(state.columns)
  }
}
