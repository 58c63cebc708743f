import { carriageReturn, lineFeed } from "../../../Bytes/Ascii.ts"
import { longestRaw } from "../../../Domain/load/Reject.ts"
import { rawText } from "../../record/rawText.ts"
import type { Sample } from "../../record/Sample.ts"
import { lineEnd, type ScanRules } from "../../record/ScanRules.ts"
import { RecordLexer } from "../../repair/RecordLexer.ts"
import { filledCells, isBlank, isNote } from "../OddLine.ts"
import type { FooterStart } from "./withFooter.ts"

/** Lines of a footer at most. */
const maxLines = 20

type PaddedLine = "blank" | "empty_record" | "one_cell"

/** What the line is, if it has at most one filled cell, the first one, and the table's width; else `null`. */
const paddedLine = (rules: ScanRules, columns: number, line: Uint8Array): PaddedLine | null => {
  const last = line.at(-1)
  if (last === undefined) return "blank"
  if (last !== rules.delimiter && !isBlank(line.subarray(-1))) return null
  const lexer = new RecordLexer(rules)
  lexer.advance(line, 0, line.length)
  if (lexer.isOpen || lexer.fields !== columns) return isBlank(line) ? "blank" : null
  const cells = filledCells(rules, line)
  return cells === 0 ? "empty_record" : cells === 1 ? "one_cell" : null
}

/** The last line of a text and its start; `null` if it is too long for a line of a footer. */
const lastLine = (text: Uint8Array) => {
  let end = text.length
  if (text[end - 1] === lineFeed) end--
  if (text[end - 1] === carriageReturn) end--
  let start = end
  while (start > 0 && text[start - 1] !== lineFeed && text[start - 1] !== carriageReturn)
    if (end - --start > longestRaw) return null
  return { start, line: text.subarray(start, end), isOpen: end === text.length }
}

/**
 * Whether the records of a table have more than their first cell filled, so that a line of one cell at its end is none of
 * them.
 *
 * @param sample the beginning of the table
 */
const hasWideRecords = (rules: ScanRules, columns: number, sample: Uint8Array): boolean => {
  let isWide = false
  for (let at = 0; at < sample.length;) {
    const end = lineEnd(sample, at, sample.length, rules.unquoted)
    const kind = paddedLine(rules, columns, sample.subarray(at, end))
    if (kind === "one_cell") return false
    if (kind === null) isWide = true
    at = end + 1
  }
  return isWide
}

/**
 * The footer of a spreadsheet, whose lines are padded to the table's width: an empty record, followed up to the end of the
 * file by lines with only the first cell, of which at least one is a note. None in a table where such lines are records.
 *
 * @param columns number of the table's columns
 * @param sample the beginning of the table
 */
export const paddedFooter = (rules: ScanRules, columns: number, sample: Sample): FooterStart => {
  /** The first empty record that only padded lines follow. */
  const find = (text: Uint8Array, isEnd: boolean) => {
    let start = text.length
    let hasNote = false
    let hasNoteBelow = false
    let rest = text
    for (let lines = 0; lines < maxLines && rest.length > 0; lines++) {
      const last = lastLine(rest)
      if (last === null) break
      if (last.isOpen && !isEnd) {
        // The rest of the line may follow.
        if (filledCells(rules, last.line) === 0) start = last.start
      } else {
        const kind = paddedLine(rules, columns, last.line)
        if (kind === null) break
        if (kind === "one_cell" && isNote(rawText(last.line))) hasNote = true
        if (kind === "empty_record") {
          start = last.start
          hasNoteBelow = hasNote
        }
      }
      rest = rest.subarray(0, last.start)
    }
    return isEnd && !hasNoteBelow ? text.length : start
  }
  const end = find(sample.bytes, sample.isWhole)
  return hasWideRecords(rules, columns, sample.bytes.subarray(0, end)) ? find : (text) => text.length
}
