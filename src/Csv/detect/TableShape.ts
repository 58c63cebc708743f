import { hash } from "../../Bytes/Ascii.ts"
import { findHeader } from "./findHeader.ts"
import { hasOnlyNames, hasSpacedDelimiter, isComment, trailingEmptyCells } from "./RecordTraits.ts"
import type { SampleRecord, SampleTable } from "./SampleTable.ts"
import { tableWidth } from "./tableWidth.ts"

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
  /** All records from the header on. */
  readonly records: number
  /** The header has fewer fields than almost all records, or surplus fields that are empty. */
  readonly isHeaderUneven: boolean
  /** The header lacks only the last column, which has no values. */
  readonly isLastEmpty: boolean
  /** Records before the header that are not comments. */
  readonly preamble: number
  /** Comments after the header; 0 if some of them could be records. */
  readonly comments: number
}

/** A header is not too short if more than this share of the records has its width. */
const maxShareOfHeaderWidth = 0.1

const oneColumn = (
  bytes: Uint8Array,
  { records }: SampleTable,
  delimiter: number,
  { comment, hasPreamble }: { readonly hasPreamble: boolean; readonly comment: number },
): TableShape => {
  const firstRecord = records.findIndex((record) => !isComment(bytes, record, comment, delimiter))
  const header = hasPreamble ? Math.max(0, firstRecord) : 0
  const malformed = records.filter((record) => record.isMalformed).length
  const all = records.length - header
  return {
    width: 1,
    header,
    regular: all - Math.min(all, malformed),
    short: 0,
    records: all,
    isHeaderUneven: false,
    isLastEmpty: false,
    preamble: 0,
    comments: 0,
  }
}

/** Whether the last columns of all regular records after the header are empty, this many of them. */
const areLastColumnsEmpty = (table: SampleTable, header: number, width: number, columns: number): boolean =>
  table.records
    .slice(header + 1)
    .every((record) => record.width !== width || trailingEmptyCells(table, record) >= columns)

/** The shape of the table that a sample contains, as its dialect reads it. */
export const tableShape = (
  bytes: Uint8Array,
  table: SampleTable,
  delimiter: number,
  options: { readonly hasPreamble: boolean; readonly comment: number | null },
): TableShape => {
  const { records } = table
  const { hasPreamble } = options
  const comment = options.comment ?? hash
  const width = delimiter === -1 ? 1 : tableWidth(table)
  if (width === 1) return oneColumn(bytes, table, delimiter, { comment, hasPreamble })

  const isCommentHere = (record: SampleRecord): boolean => isComment(bytes, record, comment, delimiter)
  const header = hasPreamble ? findHeader(bytes, table, width, delimiter, comment) : 0
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
  let asWideAsHeader = 0
  let short = 0
  for (let index = header; index < records.length; index++) {
    const record = records[index]!
    const fits = !record.isMalformed && (index === header ? headerFits : record.width === width)
    if (fits) regular++
    if (record.width === first.width) asWideAsHeader++
    if (record.width < width && !record.isMalformed) short++
    if (index > header && isCommentHere(record)) {
      if (fits) hasCommentsOfWidth = true
      else comments++
    }
  }
  if (hasCommentsOfWidth) comments = 0
  const isFullHeader =
    first.width === width &&
    hasOnlyNames(table, first) &&
    !hasSpacedDelimiter(bytes, first, records[header + 1]?.start ?? bytes.length, delimiter)
  const isHeaderShort =
    first.width < width && asWideAsHeader - 1 <= maxShareOfHeaderWidth * (records.length - header - 1)
  return {
    width,
    header,
    regular,
    short: isFullHeader ? short : 0,
    records: records.length - header - comments,
    isHeaderUneven: surplus > 0 && (headerFits || isHeaderShort),
    isLastEmpty: first.width === width - 1 && headerFits,
    preamble: records.slice(0, header).filter((record) => !isCommentHere(record)).length,
    comments,
  }
}
