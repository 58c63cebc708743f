import { carriageReturn, lineFeed, space } from "../../Bytes/Ascii.ts"
import type { Candidate } from "./Candidate.ts"
import { CellKind, isTyped } from "./cell/CellKind.ts"

/** A record of the sample under a candidate dialect. */
export interface SampleRecord {
  /** Position of its first byte in the sample, and the number of lines before it. */
  readonly start: number
  readonly line: number
  /** Index of its first cell in `SampleTable.kinds`, and the number of its cells. */
  readonly firstCell: number
  readonly width: number
  /** A quote is unclosed, text follows a closing quote, or the record is cut and already too long. */
  readonly isMalformed: boolean
  /**
   * Number of cells that begin with exactly one space. -1 if the first cell begins with a space, or if any other cell
   * that is not empty begins without one or with several.
   */
  readonly spaced: number
}

/** The sample as a candidate dialect reads it, without blank lines. */
export interface SampleTable {
  readonly bytes: Uint8Array
  readonly candidate: Candidate
  readonly records: ReadonlyArray<SampleRecord>
  /** The `CellKind` of every cell, record by record. */
  readonly kinds: Uint8Array
  /** Quoted cells that are well formed, that contain quotes which are not doubled, and that are malformed. */
  readonly quoted: number
  readonly undoubled: number
  readonly malformed: number
  /** Cells (or runs of cells) in `"` although that is not the quote, and cells with `"` at one edge only. */
  readonly enclosed: number
  readonly halfEnclosed: number
  /** Records by line ending: LF, CR and CRLF. */
  readonly lineFeeds: number
  readonly carriageReturns: number
  readonly pairs: number
}

export const kindAt = ({ kinds }: SampleTable, record: SampleRecord, column: number): number =>
  kinds[record.firstCell + column]!

/** The number of empty cells at the record's end. */
export const trailingEmptyCells = (table: SampleTable, record: SampleRecord): number => {
  let empty = 0
  while (empty < record.width && kindAt(table, record, record.width - 1 - empty) === CellKind.empty) empty++
  return empty
}

/** The number of cells that could be names, if the others are empty; else 0. */
const countNames = (table: SampleTable, record: SampleRecord): number => {
  let names = 0
  for (let column = 0; column < record.width; column++) {
    const kind = kindAt(table, record, column)
    if (kind === CellKind.odd || isTyped(kind)) return 0
    if (kind !== CellKind.empty) names++
  }
  return names
}

/** Whether every cell could be a column's name. */
export const hasOnlyNames = (table: SampleTable, record: SampleRecord): boolean =>
  countNames(table, record) === record.width

/** Whether more than half of the cells could be names, at least two, and the others are empty. */
export const hasMostlyNames = (table: SampleTable, record: SampleRecord): boolean => {
  const names = countNames(table, record)
  return names > 1 && 2 * names > record.width
}

/** Whether a space follows a delimiter in the record or the `more` records after it, as after the commas of a sentence. */
export const hasSpacedDelimiter = (
  { bytes, candidate, records }: SampleTable,
  index: number,
  more = 0,
): boolean => {
  const end = records[index + more + 1]?.start ?? bytes.length
  for (let i = records[index]!.start; i < end; i++)
    if (bytes[i] === candidate.delimiter && bytes[i + 1] === space) return true
  return false
}

/** Whether the record looks like a comment: it begins with the comment character, and text follows. */
export const isComment = (
  { bytes, candidate }: SampleTable,
  { start }: SampleRecord,
  comment: number,
): boolean => {
  if (bytes[start] !== comment) return false
  const next = bytes[start + 1]
  return next !== undefined && next !== candidate.delimiter && next !== lineFeed && next !== carriageReturn
}
