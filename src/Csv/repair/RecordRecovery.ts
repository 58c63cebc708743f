import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import { countLineEnds } from "../record/countLineEnds.ts"
import type { CopyBuffer } from "../record/CopyBuffer.ts"
import type { RowProblem } from "../record/RecordProblem.ts"
import type { ScanRules } from "../record/ScanRules.ts"
import { LenientParser } from "./LenientParser.ts"
import { classifyLines, RecordLexer } from "./RecordLexer.ts"

/** What to do with an invalid record. `end` is the index of a line end, or the end of the file. */
export type Recovery =
  /** The decision needs more bytes of the file. */
  | { readonly _tag: "NeedMoreBytes" }
  /** Reject everything up to `end`. `isWhole`: that is the record as its quotes delimit it. */
  | { readonly _tag: "Reject"; readonly problem: RowProblem; readonly end: number; readonly isWhole: boolean }
  /** Its quotes were repaired, and it has been added to the rows. */
  | { readonly _tag: "Row"; readonly end: number }
  /** Reject it. It is too large to be kept, and its end has to be found from `from` on. */
  | {
      readonly _tag: "RejectLarge"
      readonly problem: RowProblem
      readonly lexer: RecordLexer
      readonly from: number
    }

/** Largest text with stray quotes that is followed over several lines, and most bytes of lines that are classified. */
const maxLookahead = 64 * 1024
/** Lines that are classified to decide whether an open quote is stray. */
const maxLines = 32
/** Lines that are classified before a text is read over several lines. */
const firstLines = 8
/** Delimiters in the inner lines of a valid record that make these lines look like records. */
const minDelimiters = 2

const needMoreBytes: Recovery = { _tag: "NeedMoreBytes" }

/** The available bytes. The invalid record starts at `at`. */
interface Available {
  readonly bytes: Uint8Array
  readonly at: number
  /** Whether the file ends here. */
  readonly isEnd: boolean
}

/**
 * Decides where an invalid record ends. A single stray quote makes a record of all lines up to the next quote, so the
 * quotes of a record of several lines are doubted: docs/csv.md, "Where a reject ends" and "Repaired quotes", has the rules.
 *
 * The result does not depend on how the file is cut into chunks. The work is linear in the size of the file: bytes that
 * are read again are counted, and beyond a budget, records end where their quotes say.
 */
export class RecordRecovery {
  readonly #rules: ScanRules
  readonly #parser: LenientParser
  readonly #maxRecordSize: number
  readonly #budget: number
  /** Bytes that have been, or will be, read again. */
  #readAgain = 0

  constructor(rules: ScanRules, maxRecordSize: number) {
    this.#rules = rules
    this.#parser = new LenientParser(rules)
    this.#maxRecordSize = maxRecordSize
    this.#budget = 4 * (maxRecordSize + maxLookahead)
  }

  /** A repaired record is added to `buffer` as a row. */
  recover(problem: RowProblem, available: Available, buffer: CopyBuffer): Recovery {
    const { at, bytes, isEnd } = available
    const lexer = new RecordLexer(this.#rules)
    const to = Math.min(bytes.length, at + this.#maxRecordSize + 1)
    const reached = lexer.advance(bytes, at, to, true)
    const { firstLineEnd } = lexer
    if (lexer.isDoubtful && this.#mayReadAgain(problem, reached - firstLineEnd)) {
      const recovery =
        this.#repaired(problem, available, firstLineEnd, lexer, buffer) ??
        this.#firstLine(problem, available, lexer, buffer)
      if (recovery !== needMoreBytes) this.#readAgain += reached - firstLineEnd
      return recovery
    }

    const end = lexer.isDoubtful ? lexer.advance(bytes, reached, to) : reached
    const hasEnded = end < to
    const isLast = isEnd && to === bytes.length && end - at <= this.#maxRecordSize
    if (!hasEnded && !isLast && bytes.length <= at + this.#maxRecordSize) return needMoreBytes
    const isWhole = hasEnded || isLast
    if (isWhole && lexer.isMalformed && firstLineEnd === -1) {
      const recovery = this.#repaired(problem, available, end, lexer, buffer)
      if (recovery !== null) return recovery
      const strayAt = at + problem.quoteOffset - problem.recordOffset
      if (lexer.fields !== problem.columns && this.#addRow(problem, available, end, buffer, strayAt))
        return { _tag: "Row", end }
    } else if (
      firstLineEnd !== -1 &&
      !lexer.isMalformed &&
      this.#isQuoteStray(problem, available, lexer, end)
    ) {
      this.#readAgain += end - firstLineEnd
      return this.#firstLine(problem, available, lexer, buffer, this.#areRecords(problem, bytes, lexer, end))
    }
    return isWhole
      ? { _tag: "Reject", problem, end, isWhole: true }
      : { _tag: "RejectLarge", problem, lexer, from: to }
  }

  /** Repairs the quotes of the first line, or of several lines; `null` if that is not possible. */
  #repaired(
    problem: RowProblem,
    available: Available,
    firstLineEnd: number,
    lexer: RecordLexer,
    buffer: CopyBuffer,
  ): Recovery | null {
    const isRow =
      problem.code === "text_after_quote" && this.#addRow(problem, available, firstLineEnd, buffer)
    return isRow
      ? { _tag: "Row", end: firstLineEnd }
      : this.#acrossLines(problem, available, firstLineEnd, lexer, buffer)
  }

  /**
   * Ends the record after its first line, which becomes a row or a reject. The lexer has read past that line.
   *
   * @param isFollowed records follow, so the open quote cannot be the last field's, which a later line would end
   */
  #firstLine(
    problem: RowProblem,
    available: Available,
    lexer: RecordLexer,
    buffer: CopyBuffer,
    isFollowed = false,
  ): Recovery {
    const { bytes, isEnd } = available
    const { crossingField, crossingQuoteAt, firstLineEnd } = lexer
    if (this.#addRow(problem, available, firstLineEnd, buffer)) return { _tag: "Row", end: firstLineEnd }
    // A record that is cut ends the file as well.
    const isLastLine = isEnd && firstLineEnd + 1 >= bytes.length
    const isTextProved = isFollowed || (crossingField < problem.columns && !isLastLine)
    if (isTextProved && this.#addRow(problem, available, firstLineEnd, buffer, crossingQuoteAt))
      return { _tag: "Row", end: firstLineEnd }
    return this.#rejectUpTo(firstLineEnd, problem, available, lexer)
  }

  /**
   * Rejects a record that ends before its quotes say so. A problem that the scanner noticed in a later line is another
   * record's: the reject is for the open quote that led there.
   */
  #rejectUpTo(end: number, problem: RowProblem, { at, bytes }: Available, lexer: RecordLexer): Recovery {
    const isProblemOfRecord =
      problem.byteOffset - problem.recordOffset <= end - at &&
      problem.code !== "ragged_record" &&
      problem.code !== "record_too_large"
    if (isProblemOfRecord) return { _tag: "Reject", problem, end, isWhole: false }
    const { crossingField, crossingQuoteAt } = lexer
    return {
      _tag: "Reject",
      end,
      isWhole: false,
      problem: {
        ...problem,
        code: "unterminated_quote",
        column: crossingField,
        // A CR ends a physical line even where only LF ends records.
        quoteLine: problem.recordLine + countLineEnds(bytes, at, crossingQuoteAt, 0),
        quoteOffset: problem.recordOffset + crossingQuoteAt - at,
      },
    }
  }

  /** Adds the first line as a row if it is one with its quotes repaired, and the quote at `strayAt` as text. */
  #addRow(
    { columns }: RowProblem,
    { at, bytes }: Available,
    lineEnd: number,
    buffer: CopyBuffer,
    strayAt = -1,
  ): boolean {
    const options = { columns, endsRecord: true, buffer, strayAt }
    const { isRow, rowEnd } = this.#parser.parse(bytes, at, lineEnd, options)
    if (isRow) buffer.endRow(rowEnd)
    return isRow
  }

  /** Repairs or rejects a text with stray quotes over several lines; `null` if its lines are other records. */
  #acrossLines(
    problem: RowProblem,
    available: Available,
    firstLineEnd: number,
    lexer: RecordLexer,
    buffer: CopyBuffer,
  ): Recovery | null {
    const { at, bytes, isEnd } = available
    const { columns } = problem
    const farthest = at + Math.min(maxLookahead, this.#maxRecordSize + 1)
    if (!this.#mayReadAgain(problem, farthest - at)) return null
    const to = Math.min(bytes.length, farthest)
    const mayGrow = !isEnd && bytes.length < farthest
    const areRecords = this.#areNextLinesRecords(bytes, firstLineEnd + 1, to, columns, mayGrow)
    if (areRecords === null) return needMoreBytes
    if (areRecords) return null
    const endsRecord = isEnd && bytes.length < farthest
    const { end, isCut, isRow, rowEnd } = this.#parser.parse(bytes, at, to, { columns, endsRecord, buffer })
    if (isCut && mayGrow) return needMoreBytes
    this.#readAgain += (end === -1 ? to : end) - at
    if (end === -1) return null
    const { open, others, records } = classifyLines(this.#rules, bytes, firstLineEnd + 1, end, columns)
    if (isRow && open + records === 0) {
      buffer.endRow(rowEnd)
      return { _tag: "Row", end }
    }
    return open === 0 && others > 0 && others >= records
      ? this.#rejectUpTo(end, problem, available, lexer)
      : null
  }

  /**
   * Whether the lines of `bytes[from, to)` before the next quote, which an open field would include, are mostly records.
   * Only the first ones are classified, because that is cheaper than parsing on. `null`: it needs more bytes.
   */
  #areNextLinesRecords(
    bytes: Uint8Array,
    from: number,
    to: number,
    columns: number,
    mayGrow: boolean,
  ): boolean | null {
    const quoteAt = bytes.subarray(from, to).indexOf(this.#rules.quote)
    let end = quoteAt === -1 ? to : from + quoteAt
    while (end > from && bytes[end - 1] !== lineFeed && bytes[end - 1] !== carriageReturn) end--
    const { open, others, records } = classifyLines(this.#rules, bytes, from, end, columns, firstLines)
    if (mayGrow && quoteAt === -1 && open + others + records < firstLines) return null
    return records > others
  }

  /** Whether a record with valid quotes, which the lexer has read up to `end`, should end after its first line. */
  #isQuoteStray(problem: RowProblem, { bytes }: Available, lexer: RecordLexer, end: number): boolean {
    const { columns } = problem
    const from = lexer.firstLineEnd + 1
    if (!this.#mayReadAgain(problem, end - from)) return false
    if (lexer.isOpen) {
      if (columns === 1) return true
      const to = Math.min(end, from + maxLookahead)
      const { others, records } = classifyLines(this.#rules, bytes, from, to, columns, maxLines)
      return records >= others
    }
    const { open, others, records } = classifyLines(this.#rules, bytes, from, end, columns)
    return open === 0 && others === 0 && (records - 1) * (columns - 1) >= minDelimiters
  }

  /** Whether there are records after the first line of a record with an open quote. Not known in a table of one column. */
  #areRecords(
    { columns }: RowProblem,
    bytes: Uint8Array,
    { firstLineEnd }: RecordLexer,
    end: number,
  ): boolean {
    const to = Math.min(end, firstLineEnd + 1 + maxLookahead)
    return (
      columns > 1 && classifyLines(this.#rules, bytes, firstLineEnd + 1, to, columns, maxLines).records > 0
    )
  }

  #mayReadAgain(problem: RowProblem, bytes: number): boolean {
    return this.#readAgain + bytes <= problem.recordOffset + this.#budget
  }
}
