import { space, tab } from "../../Bytes/Ascii.ts"
import type { RowProblem } from "../record/RecordProblem.ts"
import { lineEnd, type ScanRules } from "../record/ScanRules.ts"
import { RecordLexer } from "../repair/RecordLexer.ts"

/** A record, which starts at `at`, and the bytes after it that are available. */
interface Available {
  readonly bytes: Uint8Array
  readonly at: number
  /** Whether the file ends here. */
  readonly isEnd: boolean
}

/**
 * Whether the line is a comment: it starts with the comment character and does not have the table's width. `null`: the
 * decision needs more bytes.
 */
export const isComment = (
  rules: ScanRules,
  { code, columns, line, recordLine }: RowProblem,
  { at, bytes, isEnd }: Available,
  maxRecordSize: number,
): boolean | null => {
  if (bytes[at] !== rules.comment) return false
  if (code === "ragged_record" && line === recordLine) return true
  const to = Math.min(bytes.length, at + maxRecordSize + 1)
  const end = lineEnd(bytes, at, to, rules.unquoted)
  if (end === bytes.length && !isEnd) return null
  const lexer = new RecordLexer(rules)
  lexer.advance(bytes, at, end)
  return lexer.isOpen || lexer.fields !== columns
}

const isSpaceOrTab = (byte: number | undefined): boolean => byte === space || byte === tab

/** Number of cells of a line, without empty ones at its end. */
export const filledCells = (rules: ScanRules, text: Uint8Array): number => {
  let end = text.length
  while (end > 0 && (text[end - 1] === rules.delimiter || isSpaceOrTab(text[end - 1]))) end--
  if (end === 0) return 0
  const lexer = new RecordLexer(rules)
  lexer.advance(text, 0, end)
  return lexer.fields
}

/** Whether a line or field consists of spaces and tabs. */
export const isBlank = (text: Uint8Array): boolean => text.every(isSpaceOrTab)

const word = /\S*\p{L}\S*/gu

/** Whether a text has at least three words, or two and a colon: more than a name that could be the cell of a record. */
export const isProse = (text: string): boolean => {
  const words = text.match(word)?.length ?? 0
  return words > 2 || (words === 2 && text.includes(":"))
}

const noteMark = /^["'\s]*[*†‡§(][^\p{L}]*\p{L}/u

/** Whether a text is prose, or a word after the sign of a footnote. */
export const isNote = (text: string): boolean => isProse(text) || noteMark.test(text)
