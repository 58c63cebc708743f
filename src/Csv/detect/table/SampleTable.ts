import { space } from "../../../Bytes/Ascii.ts"
import { ByteClass, byteClasses } from "../cell/ByteClass.ts"
import type { Candidate } from "./Candidate.ts"
import { CellKind, isTyped } from "../cell/CellKind.ts"

/** A record of the sample under a candidate dialect. */
export interface SampleRecord {
  /** Position of its first byte in the sample and of its line ending, and the number of lines before it. */
  readonly start: number
  readonly end: number
  readonly line: number
  /** A blank line is directly before it. */
  readonly isAfterBlank: boolean
  /** Index of its first cell in `SampleTable.kinds`, and the number of its cells. */
  readonly firstCell: number
  readonly width: number
  /** Cells with an unclosed quote or text after the closing one; at least 1 if the record is cut and already too long. */
  readonly malformed: number
  /** Quoted cells that contain quotes which are not doubled. */
  readonly undoubled: number
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
  /** Where the text of every cell begins and ends, inside its quotes. */
  readonly from: Int32Array
  readonly to: Int32Array
  /** 1 for every cell that is quoted. */
  readonly isQuoted: Uint8Array
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

/** Shared, because creating one for each record would take most of the time. */
const decoder = new TextDecoder()

export const cellText = ({ bytes, from, to }: SampleTable, cell: number): string =>
  decoder.decode(bytes.subarray(from[cell], to[cell]))

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

/**
 * Whether the record looks like a comment: it begins with the comment character, and a sign or a space follows, or a text
 * with spaces. A single word, such as `#4711`, may be a value.
 */
export const isComment = (
  { bytes, candidate }: SampleTable,
  { end, start }: SampleRecord,
  comment: number,
): boolean => {
  const next = bytes[start + 1]
  if (bytes[start] !== comment || start + 1 >= end || next === candidate.delimiter) return false
  const byteClass = byteClasses[next!]!
  const isWord = byteClass === ByteClass.letter || byteClass === ByteClass.digit
  return !isWord || bytes.subarray(start, end).includes(space)
}
