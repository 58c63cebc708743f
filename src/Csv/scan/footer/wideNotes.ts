import * as Effect from "effect/Effect"
import { joinBytes } from "../../../Bytes/joinBytes.ts"
import type { NextChunk } from "../../../Bytes/NextChunk.ts"
import { noBytes } from "../../../Bytes/noBytes.ts"
import { type LoadWarning, loadWarning } from "../../../Domain/load/LoadWarning.ts"
import type { Dialect } from "../../record/Dialect.ts"

/** Bytes at the end of a text in which notes are looked for. */
const endSize = 2048

/** Lines after the last blank line at most, and records above it that are compared with them. */
const maxLines = 5

/** The chunks of a text. Calls `onEnd` with its last bytes after them. */
export const watchEnd = (next: NextChunk, onEnd: (end: Uint8Array) => void): NextChunk => {
  let end: Uint8Array = noBytes
  return Effect.map(next, (chunk) => {
    if (chunk === null) onEnd(end)
    else end = (chunk.length < endSize ? joinBytes(end, chunk) : chunk).slice(-endSize)
    return chunk
  })
}

const isNumeric = (cell: string): boolean => /^[^\p{L}]*\d[^\p{L}]*$/u.test(cell)
const isWord = (cell: string): boolean => /\p{L}{3}/u.test(cell) && !/^\s*(?:nan|null|none)\s*$/i.test(cell)
const isSpaced = (cell: string): boolean => cell.startsWith(" ")

/**
 * How many lines before the end of the text a record begins that may be a note: one of the last few after a blank line, as
 * wide as the table, with words below numbers, or with spaces after delimiters that the records above do not have. `null`:
 * there is none, or there are quotes.
 *
 * @param end the last bytes of the text
 */
export const findWideNote = (
  end: Uint8Array,
  { delimiter, quote }: Dialect,
  columns: number,
): number | null => {
  if (delimiter === null || columns < 2) return null
  const lines = new TextDecoder().decode(end).split(/\r\n|\r|\n/)
  if (lines.at(-1) === "") lines.pop()
  // The first one may have been cut.
  if (end.length === endSize) lines.shift()
  let last = lines.length
  while (last > 0 && lines[last - 1]!.trim() === "") last--
  const blank = lines.slice(0, last).findLastIndex((line) => line.trim() === "")
  const below = lines.slice(blank + 1, last)
  if (blank === -1 || below.length > maxLines) return null
  if (quote !== null && below.some((line) => line.includes(quote))) return null
  const cellsOf = (line: string) => line.split(delimiter)
  const above = lines
    .slice(0, blank)
    .filter((line) => quote === null || !line.includes(quote))
    .map(cellsOf)
    .filter((cells) => cells.length === columns)
    .slice(-maxLines)
  if (above.length < 2) return null
  const isNumericAbove = Array.from(
    { length: columns },
    (_, column) => above.filter((cells) => isNumeric(cells[column]!)).length >= Math.max(2, above.length - 1),
  )
  const isSpacedAbove = above.some((cells) => cells.slice(1).some(isSpaced))
  const note = below.findIndex((line) => {
    const cells = cellsOf(line)
    return (
      cells.length === columns &&
      (cells.some((cell, column) => isNumericAbove[column] && isWord(cell)) ||
        (!isSpacedAbove && cells.slice(1).some((cell) => isSpaced(cell) && isWord(cell))))
    )
  })
  return note === -1 ? null : lines.length - (blank + 1 + note)
}

/**
 * The warning of a note, unless one of the others is about it: a warning of the same code, or of another table in the same
 * line.
 *
 * @param total lines of the file
 * @param last lines from the note on
 */
export const wideNoteWarnings = (
  total: number,
  last: number,
  others: ReadonlyArray<LoadWarning>,
): ReadonlyArray<LoadWarning> => {
  const line = total - last + 1
  const note = loadWarning(
    "close_reading",
    `Line ${line}, after the last blank line, may be a note: its cells differ from those of the records above. It is loaded as a record. To skip it and the lines after it, give skipFooter=${last}.`,
    line,
  )
  const isKnown = others.some(
    (other) => other.code === note.code || (other.code === "two_tables" && other.line === line),
  )
  return isKnown ? [] : [note]
}
