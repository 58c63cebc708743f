import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import type { BadRow } from "../record/BadRecord.ts"
import type { CopyBuffer } from "../record/CopyBuffer.ts"
import { countLineEnds } from "../record/LineEnds.ts"
import { linesBehind } from "./LinesBehind.ts"
import { RecordLexer } from "./RecordLexer.ts"
import { RelaxedRecord } from "./RelaxedRecord.ts"
import type { ScanRules } from "../record/ScanRules.ts"

/** What becomes of a bad record. Ends are those of records or lines: where the line end is, or the file's. */
export type Verdict =
  /** It cannot be told before more of the file is there. */
  | { readonly _tag: "More" }
  /** All up to `end` is set aside. `isWhole`: that is the record as its quotes say. */
  | { readonly _tag: "SetAside"; readonly bad: BadRow; readonly end: number; readonly isWhole: boolean }
  /** Its quotes were repaired: it has been added to the rows. */
  | { readonly _tag: "Row"; readonly end: number }
  /** It is set aside and too large to be kept: its end is to be looked for from `from` on. */
  | { readonly _tag: "Skip"; readonly bad: BadRow; readonly lexer: RecordLexer; readonly from: number }

/** How far the text of a field with stray quotes is followed over line ends, and lines are looked at. */
const reach = 64 * 1024
/** Lines that are looked at to tell whether a quote is a stray one. */
const linesEnough = 32
const firstLook = 8
/** Whole lines within a record that must look like records, for its quotes to be doubted: in delimiters. */
const delimitersEnough = 2

const more: Verdict = { _tag: "More" }

/** The bytes at hand, of which the bad record's first is at `at`. */
interface Held {
  readonly bytes: Uint8Array
  readonly at: number
  /** The file has no more. */
  readonly isEnd: boolean
}

/**
 * Decides where a record ends that is a bad one, that is, where scanning goes on. As a rule where its quotes say; but
 * a quote is itself the suspect when the record spans several lines, for a single stray one takes in all lines up
 * to the next. Then only the first line is set aside, and the next is read as a record:
 *
 * - a record with text behind a closing quote is read as `RelaxedRecord` does, its first line by itself, and then with
 *   the lines that its text goes on over. It becomes a row if it has the table's width, and is set aside as a
 *   whole if not. But what goes on over a line that by itself is a record is not believed to be a row, and what goes
 *   on over mostly such lines, or over one at whose end a quote is open, not to be one record: then its first
 *   line is set aside;
 * - a record whose quotes are well-formed (its number of fields is wrong, or a byte in it is no text) is set
 *   aside as a whole, unless every line of it but the first is, by itself, a record of the table's width, with
 *   two delimiters or more in those that are neither first nor last. By chance, text is seldom so;
 * - a record that is still in quotes at the end of the file, or of the largest size, is set aside as a whole,
 *   unless at least half of the lines behind the first are records of the table's width.
 *
 * Whenever only the first line is taken, it too becomes a row if it is one as `RelaxedRecord` reads.
 *
 * The verdict is the same however the file is cut, and the work linear in its size: bytes read more than once are
 * counted, and where there are more than the file has so far, and some, records are set aside as wholes.
 */
export class Resync {
  readonly #rules: ScanRules
  readonly #relaxed: RelaxedRecord
  readonly #maxRecordSize: number
  readonly #budget: number
  /** Bytes that have been, or will be, read again. */
  #readAgain = 0

  constructor(rules: ScanRules, maxRecordSize: number) {
    this.#rules = rules
    this.#relaxed = new RelaxedRecord(rules)
    this.#maxRecordSize = maxRecordSize
    this.#budget = 4 * (maxRecordSize + reach)
  }

  /** `bad` is of a table whose columns are known; a row that it becomes is added to `buffer`. */
  judge(bad: BadRow, held: Held, buffer: CopyBuffer): Verdict {
    const { at, bytes, isEnd } = held
    const lexer = new RecordLexer(this.#rules)
    const to = Math.min(bytes.length, at + this.#maxRecordSize + 1)
    const reached = lexer.advanceToDoubt(bytes, at, to)
    const { firstLineEnd } = lexer
    if (lexer.isDoubtful && this.#mayReadAgain(bad, reached - firstLineEnd)) {
      const verdict =
        this.#mended(bad, held, firstLineEnd, buffer) ?? this.#firstLineOf(bad, held, lexer, buffer)
      if (verdict !== more) this.#readAgain += reached - firstLineEnd
      return verdict
    }

    const end = lexer.isDoubtful ? lexer.advance(bytes, reached, to) : reached
    const hasEnded = end < to
    const isLast = isEnd && to === bytes.length && end - at <= this.#maxRecordSize
    if (!hasEnded && !isLast && bytes.length <= at + this.#maxRecordSize) return more
    const isWhole = hasEnded || isLast
    if (isWhole && lexer.isMalformed && firstLineEnd === -1) {
      const verdict = this.#mended(bad, held, end, buffer)
      if (verdict !== null) return verdict
    } else if (firstLineEnd !== -1 && !lexer.isMalformed && this.#isQuoteStray(bad, held, lexer, end)) {
      this.#readAgain += end - firstLineEnd
      return this.#firstLineOf(bad, held, lexer, buffer)
    }
    return isWhole ? { _tag: "SetAside", bad, end, isWhole: true } : { _tag: "Skip", bad, lexer, from: to }
  }

  /** What becomes of a record by repairing its quotes, of which the first line ends here; `null`: nothing. */
  #mended(bad: BadRow, held: Held, firstLineEnd: number, buffer: CopyBuffer): Verdict | null {
    const isRow = bad.code === "text_after_quote" && this.#isRow(bad, held, firstLineEnd, buffer)
    return isRow ? { _tag: "Row", end: firstLineEnd } : this.#acrossLines(bad, held, firstLineEnd, buffer)
  }

  /** Takes only the first line of a record that `lexer` has followed over its end, as a row or to set it aside. */
  #firstLineOf(bad: BadRow, held: Held, lexer: RecordLexer, buffer: CopyBuffer): Verdict {
    const { at, bytes } = held
    const { crossingField, crossingQuoteAt, firstLineEnd } = lexer
    if (this.#isRow(bad, held, firstLineEnd, buffer)) return { _tag: "Row", end: firstLineEnd }
    const isByteToBlame =
      bad.byteOffset - bad.recordOffset <= firstLineEnd - at &&
      bad.code !== "ragged_record" &&
      bad.code !== "record_too_large"
    return {
      _tag: "SetAside",
      end: firstLineEnd,
      isWhole: false,
      bad: isByteToBlame
        ? bad
        : {
            ...bad,
            code: "unterminated_quote",
            column: crossingField,
            // Where only an LF ends records, a CR still ends a physical line.
            quoteLine: bad.recordLine + countLineEnds(bytes, at, crossingQuoteAt, 0),
            quoteOffset: bad.recordOffset + crossingQuoteAt - at,
          },
    }
  }

  /** Makes a row of the first line, if it is one with its quotes repaired. */
  #isRow({ columns }: BadRow, { at, bytes }: Held, lineEnd: number, buffer: CopyBuffer): boolean {
    const { isRow, rowEnd } = this.#relaxed.read(bytes, at, lineEnd, { columns, endsThere: true, buffer })
    if (isRow) buffer.endRow(rowEnd)
    return isRow
  }

  /** What becomes of a record with stray quotes and the lines it goes on over; `null`: they are not to be believed. */
  #acrossLines(
    bad: BadRow,
    { at, bytes, isEnd }: Held,
    firstLineEnd: number,
    buffer: CopyBuffer,
  ): Verdict | null {
    const { columns } = bad
    const farthest = at + Math.min(reach, this.#maxRecordSize + 1)
    if (!this.#mayReadAgain(bad, farthest - at)) return null
    const to = Math.min(bytes.length, farthest)
    const mayGrow = !isEnd && bytes.length < farthest
    const isUnlikely = this.#goesOnOverRecords(bytes, firstLineEnd + 1, to, columns, mayGrow)
    if (isUnlikely === null) return more
    if (isUnlikely) return null
    const endsThere = isEnd && bytes.length < farthest
    const { end, isCut, isRow, rowEnd } = this.#relaxed.read(bytes, at, to, { columns, endsThere, buffer })
    if (isCut && mayGrow) return more
    this.#readAgain += (end === -1 ? to : end) - at
    if (end === -1) return null
    const { open, others, records } = linesBehind(this.#rules, bytes, firstLineEnd + 1, end, {
      columns,
      most: Infinity,
    })
    if (isRow && open + records === 0) {
      buffer.endRow(rowEnd)
      return { _tag: "Row", end }
    }
    return open === 0 && others > 0 && others >= records
      ? { _tag: "SetAside", bad, end, isWhole: true }
      : null
  }

  /**
   * Whether the lines of `bytes[from, to)` before any other quote, over which an open field must go on, are mostly
   * records; a first look, for reading on costs more. `null`: it cannot be told yet.
   */
  #goesOnOverRecords(
    bytes: Uint8Array,
    from: number,
    to: number,
    columns: number,
    mayGrow: boolean,
  ): boolean | null {
    const quoteAt = bytes.subarray(from, to).indexOf(this.#rules.quote)
    let end = quoteAt === -1 ? to : from + quoteAt
    while (end > from && bytes[end - 1] !== lineFeed && bytes[end - 1] !== carriageReturn) end--
    const { open, others, records } = linesBehind(this.#rules, bytes, from, end, { columns, most: firstLook })
    if (mayGrow && quoteAt === -1 && open + others + records < firstLook) return null
    return records > others
  }

  /** Whether scanning should go on behind the first line of a well-formed record that `lexer` has read up to `end`. */
  #isQuoteStray(bad: BadRow, { bytes }: Held, lexer: RecordLexer, end: number): boolean {
    const { columns } = bad
    const from = lexer.firstLineEnd + 1
    if (!this.#mayReadAgain(bad, end - from)) return false
    if (lexer.isOpen) {
      if (columns === 1) return true
      const to = Math.min(end, from + reach)
      const { others, records } = linesBehind(this.#rules, bytes, from, to, { columns, most: linesEnough })
      return records >= others
    }
    const { open, others, records } = linesBehind(this.#rules, bytes, from, end, { columns, most: Infinity })
    return open === 0 && others === 0 && (records - 1) * (columns - 1) >= delimitersEnough
  }

  #mayReadAgain(bad: BadRow, bytes: number): boolean {
    return this.#readAgain + bytes <= bad.recordOffset + this.#budget
  }
}
