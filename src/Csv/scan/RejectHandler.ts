import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import type { OnBadRow } from "../../Domain/load/options/LoadOptions.ts"
import { countLineEnds } from "../record/countLineEnds.ts"
import { rawText } from "../record/rawText.ts"
import { errorOf, type RowProblem } from "../record/RecordProblem.ts"
import type { ScanRules } from "../record/ScanRules.ts"
import { RecordRecovery } from "../repair/RecordRecovery.ts"
import { RecordSkip } from "../repair/RecordSkip.ts"
import { areBlankLinesRare } from "./suspect/areBlankLinesRare.ts"
import { filledCells, isBlank, isComment, isProse } from "./OddLine.ts"
import type { ScanContext } from "./ScanContext.ts"
import type { SkippedLines } from "./SkippedLines.ts"

interface RejectOptions {
  readonly onBadRow: OnBadRow
  readonly maxRecordSize: number
  /** Called when the first record has been repaired. It is the only row, and has this many lines. */
  readonly onFirstRow: (lines: number) => void
}

/**
 * Handles records that cannot be loaded as they are: repairs or rejects them, or skips a line that is no record. Moves the
 * scan to the next record.
 */
export class RejectHandler {
  readonly #context: ScanContext
  readonly #rules: ScanRules
  readonly #skipped: SkippedLines
  readonly #recovery: RecordRecovery
  readonly #options: RejectOptions
  readonly #onBadRow: OnBadRow
  /** A record that needs this many bytes, or the end of the file, to decide about it. The window holds it. */
  #undecided: { readonly problem: RowProblem; readonly minBytes: number } | null = null
  #skip: RecordSkip | null = null

  constructor(context: ScanContext, rules: ScanRules, skipped: SkippedLines, options: RejectOptions) {
    this.#context = context
    this.#rules = rules
    this.#skipped = skipped
    this.#options = options
    this.#onBadRow = options.onBadRow
    this.#recovery = new RecordRecovery(rules, options.maxRecordSize)
  }

  get isUndecided(): boolean {
    return this.#undecided !== null
  }

  /** The scan is inside a reject that is too large to be kept. */
  get isSkipping(): boolean {
    return this.#skip !== null
  }

  /** Returns the error that ends the load, if any. */
  handle(problem: RowProblem): LoadError | null {
    const { state, window } = this.#context
    window.joinRecord()
    if (this.#isFirst) return this.#recover(problem)
    const comment = isComment(this.#rules, problem, this.#available(), this.#options.maxRecordSize)
    if (comment === null) return this.#hold(problem)
    if (comment) {
      this.#beginRecord(state.recordAt, problem.recordLine)
      this.#skipped.begin("comment", 1)
      return null
    }
    if (problem.code === "ragged_record" && problem.line === problem.recordLine)
      return this.#settleRagged(problem, state.at)
    return this.#recover(problem)
  }

  /** Adds a chunk to the record that is undecided. */
  push(chunk: Uint8Array): LoadError | null {
    const { window } = this.#context
    window.extendRecord(chunk)
    return window.kept >= this.#undecided!.minBytes ? this.#decide() : null
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

  /** Decides at the end of the file, if a record is open here. */
  finish(): LoadError | null {
    if (this.#undecided !== null) return this.#decide()
    if (this.#skip !== null) this.#endSkip(0)
    return null
  }

  /** There are no columns yet. */
  get #isFirst(): boolean {
    return this.#context.state.columns === 0
  }

  #available() {
    const { state, window } = this.#context
    return { bytes: window.chunk, at: state.recordAt, isEnd: window.isEnd }
  }

  #hold(problem: RowProblem): null {
    const { window } = this.#context
    window.holdRecord()
    this.#undecided = { problem, minBytes: 2 * window.kept }
    return null
  }

  #decide(): LoadError | null {
    const { problem } = this.#undecided!
    this.#undecided = null
    return this.handle(problem)
  }

  #recover(problem: RowProblem): LoadError | null {
    const { batch, buffer, state, window } = this.#context
    if (this.#onBadRow === "fail") return batch.endFooter() ?? errorOf(problem)
    const recovery = this.#recovery.recover(problem, this.#available(), buffer)
    switch (recovery._tag) {
      case "Row": {
        if (this.#isFirst) this.#options.onFirstRow(this.#resumeAfter(recovery.end))
        else this.#endRow(recovery.end)
        batch.countRepair("stray_quote")
        return null
      }
      case "Reject": {
        if (this.#isFirst) return errorOf(problem)
        if (recovery.isWhole && problem.code === "ragged_record")
          return this.#settleRagged(problem, recovery.end)
        this.#rejectUpTo(recovery.problem, recovery.end)
        return null
      }
      case "RejectLarge": {
        if (this.#isFirst) return errorOf(problem)
        const beginning = window.chunk.subarray(state.recordAt, recovery.from)
        this.#skip = new RecordSkip(recovery.problem, recovery.lexer, beginning)
        state.at = recovery.from
        return null
      }
      case "NeedMoreBytes":
        return this.#hold(problem)
    }
  }

  /** Handles a record with a wrong number of fields. Its row is under construction, and it ends at `end`. */
  #settleRagged(problem: RowProblem, end: number): LoadError | null {
    const { batch, buffer, state, window } = this.#context
    const text = window.chunk.subarray(state.recordAt, end)
    const lacking = problem.columns - problem.column
    if (problem.columns > 1 && isBlank(text)) {
      state.blankLines += this.#resumeAfter(end)
      return null
    }
    if (this.#onBadRow !== "fail" && lacking === -1 && isBlank(this.#surplusOf(problem, end))) {
      buffer.endRow(buffer.keptEnd)
      batch.countRepair("long_record")
      this.#endRow(end)
    } else if (this.#onBadRow === "pad") {
      if (lacking > 0) buffer.appendNulls(lacking)
      buffer.endRow(lacking > 0 ? buffer.written : buffer.keptEnd)
      batch.countRepair(lacking > 0 ? "short_record" : "long_record")
      this.#endRow(end)
    } else if (lacking > 0 && problem.line === problem.recordLine && this.#mayBeFooter(text)) {
      const cells = filledCells(this.#rules, text)
      const isCut = window.isEnd && end === window.chunk.length
      const line = {
        kind: "footer",
        line: problem.recordLine,
        byteOffset: problem.recordOffset,
        raw: rawText(text),
        rawBytes: text.length,
      } as const
      batch.hold({ line, problem, cells, isCut, isSeparated: this.#isSeparated() })
      this.#resumeAfter(end)
    } else if (this.#onBadRow === "fail") return batch.endFooter() ?? errorOf(problem)
    else this.#rejectUpTo(problem, end)
    return null
  }

  /** The bytes after the last column of a record with one field too many. */
  #surplusOf({ surplusOffset }: RowProblem, end: number): Uint8Array {
    const { window } = this.#context
    return window.chunk.subarray(surplusOffset - window.offset, end)
  }

  #mayBeFooter(text: Uint8Array): boolean {
    if (this.#context.batch.rows === 0) return false
    return this.#isSeparated() || (filledCells(this.#rules, text) === 1 && isProse(rawText(text)))
  }

  /** Whether a blank line separates the current record from the last row, and blank lines are rare. */
  #isSeparated(): boolean {
    const { blankLines, blankLinesAtRow } = this.#context.state
    return blankLines > blankLinesAtRow && areBlankLinesRare(this.#context)
  }

  #rejectUpTo(problem: RowProblem, end: number): void {
    const { batch, state, window } = this.#context
    const bytes = window.chunk.subarray(state.recordAt, end)
    batch.reject(problem, rawText(bytes), bytes.length, this.#resumeAfter(end))
  }

  #endRow(end: number): void {
    const { state } = this.#context
    state.rowLines += this.#resumeAfter(end)
    state.blankLinesAtRow = state.blankLines
  }

  /** Starts the next record after the line end at `end`, or the end of the file. Returns the number of lines before. */
  #resumeAfter(end: number): number {
    const { state, window } = this.#context
    const { chunk } = window
    const next = Math.min(end + 1, chunk.length)
    const last = chunk[next - 1]
    const isOpen = end === chunk.length && last !== lineFeed && last !== carriageReturn
    const lines = countLineEnds(chunk, state.recordAt, next, 0) + (isOpen ? 1 : 0)
    this.#beginRecord(next, state.recordLine + lines)
    return lines
  }

  #endSkip(next: number): void {
    const { problem, raw, rawBytes, lines } = this.#skip!
    this.#skip = null
    this.#context.batch.reject(problem, raw, rawBytes, lines)
    this.#beginRecord(next, problem.recordLine + lines)
  }

  #beginRecord(at: number, line: number): void {
    const { buffer, state } = this.#context
    state.beginRecord(at, line)
    buffer.beginRow(state.columns)
  }
}
