import { carriageReturn, hash, lineFeed, space } from "../../Bytes/Ascii.ts"
import { CellType, isTyped } from "./CellTypes.ts"
import type { SampleRecord, SampleTable } from "./SampleTable.ts"

/** Where the table stands in the sample, and how wide it is. */
export interface TableShape {
  /** Fields of most records. */
  readonly width: number
  /** Index of the header among the sample's records. */
  readonly header: number
  /** Records from the header on that are well formed and of this width, and all from there on. */
  readonly regular: number
  /** Records shorter than that, below a header that is as wide and looks like one. */
  readonly short: number
  readonly records: number
  /** The header has fewer fields than nearly all records, or more and only empty ones. */
  readonly isHeaderUneven: boolean
  /** The header lacks only the last column, which has no values. */
  readonly isLastEmpty: boolean
  /** Records before the header, comments not counted. */
  readonly preamble: number
  /** Lines that begin with the comment sign behind the header, none of them a record. */
  readonly comments: number
}

/** Whether the record looks like a comment: its first sign is the comment sign, with text behind it. */
const isComment = (bytes: Uint8Array, { start }: SampleRecord, sign: number, delimiter: number): boolean => {
  if (bytes[start] !== sign) return false
  const next = bytes[start + 1]
  return next !== undefined && next !== delimiter && next !== lineFeed && next !== carriageReturn
}

/** So many records at most are looked over for a header. */
const farthestHeader = 10

/** So many records of one field for each of another width make a table of one column. */
const singlesOfOneColumn = 3

const mostFrequentWidth = (records: ReadonlyArray<SampleRecord>): number => {
  const counts = new Map<number, number>()
  let singles = 0
  for (const { isMalformed, width } of records) {
    if (width === 1) singles++
    else if (!isMalformed) counts.set(width, (counts.get(width) ?? 0) + 1)
  }
  let best = 1
  let most = 0
  for (const [width, count] of counts)
    if (count > most || (count === most && width > best)) {
      best = width
      most = count
    }
  return singles > singlesOfOneColumn * most ? 1 : best
}

/**
 * The width of the table. Lines of two fields above a header of more names are keys and values, and may be as many
 * as the records of a small table: they do not count where most records from that header on are wider, and no fewer.
 */
const tableWidth = (table: SampleTable): number => {
  const { records } = table
  const width = mostFrequentWidth(records)
  if (width !== 2) return width
  const index = records.findIndex((record) => record.width > 2)
  if (index < 1 || index > farthestHeader || !isMadeOfNames(table, records[index]!)) return width
  const below = records.slice(index)
  const wider = mostFrequentWidth(below)
  const count = below.filter((record) => record.width === wider).length
  return wider > 2 && count > 1 && count >= index - 1 && 2 * count > below.length ? wider : width
}

/** With a larger share of records as wide as the header, that is no shorter than it should be. */
const mostOfHeadersWidth = 0.1

const typeAt = (table: SampleTable, record: SampleRecord, column: number): number =>
  table.types[record.firstCell + column]!

/** Empty cells at the record's end. */
const emptyAtEnd = (table: SampleTable, record: SampleRecord): number => {
  let empty = 0
  while (empty < record.width && typeAt(table, record, record.width - 1 - empty) === CellType.empty) empty++
  return empty
}

/** All cells are filled, and with what a name may be made of. */
const isFullOfNames = (table: SampleTable, record: SampleRecord): boolean => {
  for (let column = 0; column < record.width; column++) {
    const type = typeAt(table, record, column)
    if (type === CellType.empty || type === CellType.odd || isTyped(type)) return false
  }
  return true
}

/** The same, but for columns without a name, if they are fewer than the others. */
const isMadeOfNames = (table: SampleTable, record: SampleRecord): boolean => {
  let names = 0
  for (let column = 0; column < record.width; column++) {
    const type = typeAt(table, record, column)
    if (type === CellType.odd || isTyped(type)) return false
    if (type !== CellType.empty) names++
  }
  return names > 1 && 2 * names > record.width
}

/** Whether the cell starts with a blank behind its delimiter, as the words of a sentence do. */
export const isSpaced = (
  bytes: Uint8Array,
  record: SampleRecord,
  end: number,
  delimiter: number,
): boolean => {
  for (let i = record.start; i < end; i++) if (bytes[i] === delimiter && bytes[i + 1] === space) return true
  return false
}

/** Whether only the first cell of the record is filled, and a record of names comes next, as from a spreadsheet. */
const isTitle = (table: SampleTable, index: number, width: number): boolean => {
  const { records } = table
  let next = index
  const isAlone = (at: number): boolean =>
    at < records.length && emptyAtEnd(table, records[at]!) >= records[at]!.width - 1
  if (width <= 2) return false
  while (next < index + 10 && isAlone(next)) next++
  const after = records[next]
  return next > index && after !== undefined && after.width > 1 && isMadeOfNames(table, after)
}

/** Whether a blank line comes next but for records of other widths, and behind it names, as many as the table is wide. */
const isAboveSetOffHeader = (table: SampleTable, index: number, width: number): boolean => {
  const { records } = table
  const to = Math.min(records.length - 1, index + farthestHeader)
  for (let next = index; next < to && records[next]!.width !== width; next++) {
    const after = records[next + 1]!
    // A record before it may be several lines long only with quotes around its line breaks.
    if (after.line - records[next]!.line > 1 && after.width === width)
      return !records[next]!.isMalformed && isFullOfNames(table, after)
  }
  return false
}

/** Whether the next record of the table's width is plainly its header: names over typed cells. */
const isAboveHeader = (table: SampleTable, index: number, width: number): boolean => {
  const { records } = table
  const to = Math.min(records.length, index + farthestHeader)
  let next = index + 1
  while (next < to && records[next]!.width !== width) next++
  const header = records[next]
  const below = records[next + 1]
  if (header?.width !== width || below?.width !== width || !isFullOfNames(table, header)) return false
  for (let column = 0; column < width; column++) if (isTyped(typeAt(table, below, column))) return true
  return false
}

/**
 * The header: the first record that is as wide as the table, or nearly and made of names. What is before it is
 * a preamble: a title, a source, a date.
 */
const headerIndex = (
  bytes: Uint8Array,
  table: SampleTable,
  width: number,
  delimiter: number,
  comment: number,
): number => {
  const { records } = table
  for (let index = 0; index < records.length; index++) {
    const record = records[index]!
    const isLast = index === records.length - 1
    if (isComment(bytes, record, comment, delimiter)) {
      // The last line of comments may be the header itself; then data comes next.
      const next = records[index + 1]
      if (record.width !== width || next === undefined || isFullOfNames(table, next)) continue
      if (isComment(bytes, next, comment, delimiter)) continue
      return index
    }
    if (isAboveSetOffHeader(table, index, width)) continue
    if (record.width >= width) {
      if (isTitle(table, index, width)) continue
      return index
    }
    if (record.width < 2 || record.width < 0.6 * width || isAboveHeader(table, index, width)) continue
    const end = isLast ? bytes.length : records[index + 1]!.start
    if (isFullOfNames(table, record) && !isSpaced(bytes, record, end, delimiter)) return index
  }
  return 0
}

/** The shape of the table that a sample holds under its dialect. */
export const tableShape = (
  bytes: Uint8Array,
  table: SampleTable,
  delimiter: number,
  options: { readonly hasPreamble: boolean; readonly comment: number | null },
): TableShape => {
  const { records } = table
  const comment = options.comment ?? hash
  const width = delimiter === -1 ? 1 : tableWidth(table)
  if (width === 1) {
    let header = 0
    if (options.hasPreamble)
      while (header < records.length && isComment(bytes, records[header]!, comment, delimiter)) header++
    if (header === records.length) header = 0
    const malformed = records.filter((record) => record.isMalformed).length
    const all = records.length - header
    return {
      width,
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
  const header = options.hasPreamble ? headerIndex(bytes, table, width, delimiter, comment) : 0
  let regular = 0
  let comments = 0
  let commentsOfWidth = 0
  let asWideAsHeader = 0
  let short = 0
  const first = records[header]!
  const surplus = Math.abs(first.width - width)
  const headerFits =
    first.width === width ||
    (first.width > width
      ? emptyAtEnd(table, first) >= surplus
      : lastColumnsEmpty(table, header, width, surplus))
  for (let index = header; index < records.length; index++) {
    const record = records[index]!
    const fits =
      index === header ? headerFits && !record.isMalformed : record.width === width && !record.isMalformed
    if (fits) regular++
    if (record.width === first.width) asWideAsHeader++
    if (record.width < width && !record.isMalformed) short++
    if (index > header && isComment(bytes, record, comment, delimiter)) {
      if (fits) commentsOfWidth++
      else comments++
    }
  }
  if (commentsOfWidth > 0) comments = 0
  const preamble = records
    .slice(0, header)
    .filter((record) => !isComment(bytes, record, comment, delimiter)).length
  return {
    width,
    header,
    regular,
    short:
      first.width === width &&
      isFullOfNames(table, first) &&
      !isSpaced(bytes, first, records[header + 1]?.start ?? bytes.length, delimiter)
        ? short
        : 0,
    records: records.length - header - comments,
    isHeaderUneven:
      surplus > 0 &&
      (headerFits ||
        (first.width < width && asWideAsHeader - 1 <= mostOfHeadersWidth * (records.length - header - 1))),
    isLastEmpty: first.width === width - 1 && headerFits,
    preamble,
    comments,
  }
}

/** Whether the last so many columns of the records behind the header are empty throughout. */
const lastColumnsEmpty = (table: SampleTable, header: number, width: number, last: number): boolean =>
  table.records
    .slice(header + 1)
    .every((record) => record.width !== width || emptyAtEnd(table, record) >= last)
