import { hash } from "../../Bytes/Ascii.ts"
import { findHeader, maxHeaderIndex } from "./findHeader.ts"
import {
  hasMostlyNames,
  hasOnlyNames,
  hasSpacedDelimiter,
  isComment,
  type SampleRecord,
  type SampleTable,
  trailingEmptyCells,
} from "./table/SampleTable.ts"

/** Where the table is in the sample, and how regular it is. */
export interface TableShape {
  /** The number of columns. */
  readonly width: number
  /** Index of the header among the sample's records. */
  readonly header: number
  /** Well-formed records of this width, from the header on. */
  readonly regular: number
  /** Records with fewer fields, if the header has the full width and looks like one. */
  readonly short: number
  /** All records from the header on, without comments unless some of them could be records. */
  readonly records: number
  /** Records before the header that are not comments. */
  readonly preamble: number
}

export interface ShapeOptions {
  /** The comment character; -1 for none, `null` if it is detected. */
  readonly comment: number | null
  /** Lines before the header are looked for. */
  readonly hasPreamble: boolean
}

/** A table has one column if it has more than this many records of one field for each of another width. */
const singlesPerWider = 3

/** Or if fewer records of that width have quotes around all cells: a line of text has none around its commas. */
const minQuotedRecords = 2

const countQuoted = (
  { isQuoted }: SampleTable,
  records: ReadonlyArray<SampleRecord>,
  width: number,
): number =>
  records.filter(
    (record) =>
      record.width === width &&
      isQuoted.subarray(record.firstCell, record.firstCell + width).every((quoted) => quoted === 1),
  ).length

const mostFrequentWidth = (table: SampleTable, records = table.records): number => {
  const counts = new Map<number, number>()
  let singles = 0
  for (const { malformed, width } of records) {
    if (width === 1) singles++
    else if (malformed === 0) counts.set(width, (counts.get(width) ?? 0) + 1)
  }
  let best = 1
  let most = 0
  for (const [width, count] of counts)
    if (count > most || (count === most && width > best)) {
      best = width
      most = count
    }
  const isOne = singles > singlesPerWider * most && countQuoted(table, records, best) < minQuotedRecords
  return isOne ? 1 : best
}

/**
 * The number of columns: the most frequent width. Lines of two fields above a header of more names are keys and values, and
 * can outnumber the records of a small table. They are ignored if most records from that header on are wider, and there
 * are at least as many of those.
 */
const tableWidth = (table: SampleTable): number => {
  const { records } = table
  const width = mostFrequentWidth(table)
  if (width !== 2) return width
  const index = records.findIndex((record) => record.width > 2)
  if (index < 1 || index > maxHeaderIndex || !hasMostlyNames(table, records[index]!)) return width
  const below = records.slice(index)
  const wider = mostFrequentWidth(table, below)
  const count = below.filter((record) => record.width === wider).length
  return wider > 2 && count > 1 && count >= index - 1 && 2 * count > below.length ? wider : width
}

const oneColumn = (table: SampleTable, comment: number, hasPreamble: boolean): TableShape => {
  const { records } = table
  const firstRecord = records.findIndex((record) => !isComment(table, record, comment))
  const header = hasPreamble ? Math.max(0, firstRecord) : 0
  const malformed = records.filter((record) => record.malformed > 0).length
  const all = records.length - header
  return {
    width: 1,
    header,
    regular: all - Math.min(all, malformed),
    short: 0,
    records: all,
    preamble: 0,
  }
}

/** Whether the last columns of all regular records after the header are empty, this many of them. */
const areLastColumnsEmpty = (table: SampleTable, header: number, width: number, columns: number): boolean =>
  table.records
    .slice(header + 1)
    .every((record) => record.width !== width || trailingEmptyCells(table, record) >= columns)

/** The shape of the table that a sample contains, as its dialect reads it. */
export const tableShape = (table: SampleTable, options: ShapeOptions): TableShape => {
  const { records } = table
  const comment = options.comment ?? hash
  const width = table.candidate.delimiter === -1 ? 1 : tableWidth(table)
  if (width === 1) return oneColumn(table, comment, options.hasPreamble)

  const header = options.hasPreamble ? findHeader(table, width, comment) : 0
  const first = records[header]!
  const surplus = Math.abs(first.width - width)
  const headerFits =
    first.width === width ||
    (first.width > width
      ? trailingEmptyCells(table, first) >= surplus
      : areLastColumnsEmpty(table, header, width, surplus))
  let regular = 0
  let comments = 0
  let hasCommentsOfWidth = false
  let short = 0
  for (let index = header; index < records.length; index++) {
    const record = records[index]!
    const fits = record.malformed === 0 && (index === header ? headerFits : record.width === width)
    if (fits) regular++
    if (record.width < width && record.malformed === 0) short++
    if (index > header && isComment(table, record, comment)) {
      if (fits) hasCommentsOfWidth = true
      else comments++
    }
  }
  if (hasCommentsOfWidth) comments = 0
  const isFullHeader =
    first.width === width && hasOnlyNames(table, first) && !hasSpacedDelimiter(table, header)
  return {
    width,
    header,
    regular,
    short: isFullHeader ? short : 0,
    records: records.length - header - comments,
    preamble: records.slice(0, header).filter((record) => !isComment(table, record, comment)).length,
  }
}
