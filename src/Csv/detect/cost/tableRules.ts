import { CellKind, isTyped } from "../cell/CellKind.ts"
import { widthWithin } from "./BodyCoder.ts"
import { isYear } from "./headerBits.ts"
import { type MeasuredSample, startsWithHash } from "./MeasuredSample.ts"
import type { Reading } from "./readings.ts"

/** Records that show what a table contains. */
const enough = 20

/** Records of one width that make a table: of three columns or more, and of two, which keys and values have as well. */
const minRecords = 3
const minPairs = 4

/** A header is at most this many records below the first. */
const maxLead = 40

/** The kind of the cell if it is typed, and -1 if not. Decimals and whole numbers are alike, and years are another kind. */
const typeOf = (sample: MeasuredSample, cell: number): number => {
  const kind = sample.kind[cell]!
  if (!isTyped(kind)) return -1
  if (isYear(sample, cell)) return kind + 100
  return kind === CellKind.number ? CellKind.integer : kind
}

/** Whether the record has the table's width, a filled last cell, and at least half of the cells are filled. */
const isFullRecord = (
  { filled, firstCell, kind, records }: MeasuredSample,
  index: number,
  width: number,
): boolean => {
  if (records[index]!.width !== width || filled[index] !== width) return false
  let empty = 0
  for (let cell = firstCell[index]!; cell < firstCell[index + 1]!; cell++)
    if (kind[cell] === CellKind.empty) empty++
  return 2 * empty <= width
}

/** The types of the filled cells below a record, column by column, for some of the records of the table's width. */
const typesBelow = (
  sample: MeasuredSample,
  { end, width }: Pick<Reading, "end" | "width">,
  index: number,
): ReadonlyArray<ReadonlyArray<number>> => {
  const { firstCell, kind, records } = sample
  const rows: Array<number> = []
  for (let other = index + 1; other < end && rows.length < enough; other++)
    if (records[other]!.width === width) rows.push(firstCell[other]!)
  if (rows.length === 0) return []
  return Array.from({ length: width }, (_, column) =>
    rows
      .filter((first) => kind[first + column] !== CellKind.empty)
      .map((first) => typeOf(sample, first + column)),
  )
}

/** Whether the cells of a record have the types of the records after `above`: some are typed alike, and none differs. */
export const looksLikeRecord = (
  sample: MeasuredSample,
  table: Pick<Reading, "end" | "width">,
  index: number,
  above = index,
): boolean => {
  const { firstCell, kind, records } = sample
  let alike = 0
  for (const [column, types] of typesBelow(sample, table, above).entries()) {
    const cell = firstCell[index]! + column
    if (column >= records[index]!.width || kind[cell] === CellKind.empty) continue
    const type = typeOf(sample, cell)
    const same = types.filter((other) => other === type).length
    if (2 * same < types.length && (type >= 0 || types.every((other) => other >= 0))) return false
    if (type >= 0 && 2 * same >= types.length && types.length > 0) alike++
  }
  return alike > 0
}

/** A run of records that are a table of their own. */
interface TableRun {
  readonly from: number
  readonly to: number
}

/** Whether a column has cells of one type in `records[from, to)`. Texts of any kind are one type if `orText`. */
const isUniform = (
  sample: MeasuredSample,
  { from, to }: TableRun,
  column: number,
  orText: boolean,
): boolean => {
  const { firstCell } = sample
  const type = typeOf(sample, firstCell[from]! + column)
  if (type < 0 && !orText) return false
  for (let index = from + 1; index < to; index++)
    if (typeOf(sample, firstCell[index]! + column) !== type) return false
  return true
}

/**
 * The first run of records in `[from, to)` that is a table and not a preamble: all have one number of filled cells, and
 * below the first there is a column of one type. Pairs are a table if both columns are uniform and they are many.
 */
const tableWithin = (sample: MeasuredSample, { from, to }: TableRun, manyPairs: number): TableRun | null => {
  const { filled } = sample
  for (let start = from; start < to;) {
    const cells = filled[start]!
    let end = start + 1
    while (end < to && filled[end] === cells) end++
    const below = { from: start + 1, to: end }
    const columns = Array.from({ length: cells }, (_, column) => column)
    const isLong = end - start >= (cells > 2 ? minRecords : manyPairs)
    if (cells > 1 && isLong && !startsWithHash(sample, start)) {
      const isTable =
        cells > 2
          ? columns.some((column) => isUniform(sample, below, column, false))
          : columns.every((column) => isUniform(sample, below, column, true))
      if (isTable) return { from: start, to: end }
    }
    start = end
  }
  return null
}

/** Whether the record is clearly the header: only names, for all columns or all but `missing` of the last, above a typed one. */
const isClearHeader = (
  sample: MeasuredSample,
  reading: Pick<Reading, "end" | "width">,
  index: number,
  missing: number,
): boolean => {
  const { filled, firstCell, kind, records } = sample
  const { width } = reading
  const names = filled[index]!
  if (records[index]!.width > width || names < width - missing) return false
  let empty = 0
  for (let cell = firstCell[index]!; cell < firstCell[index]! + names; cell++) {
    if (typeOf(sample, cell) >= 0) return false
    if (kind[cell] === CellKind.empty) empty++
  }
  return (
    2 * empty <= width &&
    typesBelow(sample, reading, index).some(
      (types) => 2 * types.filter((type) => type >= 0).length > types.length,
    )
  )
}

/** Whether the first record after this one that is as wide as the table, or almost so below one cell, is clearly the header. */
const isAboveHeader = (sample: MeasuredSample, reading: Reading): boolean => {
  const { end, header, width } = reading
  const { filled, records } = sample
  if (records[header]!.width === width) return false
  const missing = filled[header]! < 2 && width > 2 ? 1 : 0
  let next = header + 1
  while (next < end && records[next]!.width !== width && filled[next]! < width - missing) next++
  return next < end && isClearHeader(sample, reading, next, missing)
}

/**
 * Whether a record as wide as the table is above its header: lines that are no records, then a blank line or prose with
 * blanks after its delimiters, then clearly the header.
 */
const isAboveSetOffHeader = (sample: MeasuredSample, reading: Reading): boolean => {
  const { end, header, width } = reading
  const { filled, records } = sample
  if (width === 1 || records[header]!.width < width) return false
  const isSpaced = (index: number): boolean => records[index]!.spaced > 0
  let isSetOff = false
  for (let next = header + 1; next < Math.min(end, header + maxLead); next++) {
    if (records[next]!.isAfterBlank || filled[next - 1] === 0 || isSpaced(next - 1)) isSetOff = true
    if (isSetOff && !isSpaced(next) && isClearHeader(sample, reading, next, 0)) {
      for (let index = header; index < next; index++)
        if (filled[index]! > 1 && looksLikeRecord(sample, { end, width }, index, next)) return false
      const above = { from: header, to: next }
      return tableWithin(sample, above, Math.max(minPairs, end - next)) === null
    }
  }
  return false
}

/**
 * Whether a table begins with this record: only names, above at least two records with as many filled cells and a column of
 * one type. Of pairs, only the first `pairColumns` columns are considered: the values of keys are often typed alike.
 */
export const hasHeadedTable = (
  sample: MeasuredSample,
  header: number,
  to: number,
  pairColumns: 1 | 2,
): boolean => {
  const { filled, firstCell } = sample
  const cells = filled[header]!
  if (cells < 2 || startsWithHash(sample, header)) return false
  for (let cell = firstCell[header]!; cell < firstCell[header]! + cells; cell++)
    if (isTyped(sample.kind[cell]!)) return false
  let end = header + 1
  while (end < to && filled[end] === cells) end++
  if (end - header < minRecords) return false
  const columns = Array.from({ length: cells === 2 ? pairColumns : cells }, (_, column) => column)
  return columns.some((column) => isUniform(sample, { from: header + 1, to: end }, column, false))
}

/** Whether the footer has few lines of several cells, and none of them is a full record or part of a table. */
export const isFooterSafe = (sample: MeasuredSample, { end, records, width }: Reading): boolean => {
  const { filled } = sample
  let wide = 0
  for (let index = end; index < filled.length; index++) {
    if (isFullRecord(sample, index, width)) return false
    if (filled[index]! > 1 && !startsWithHash(sample, index)) wide++
  }
  return (
    2 * wide < Math.max(1, records) &&
    tableWithin(sample, { from: end, to: filled.length }, minPairs) === null
  )
}

/** Whether the record has prose in it: a cell of several words. */
const hasText = ({ firstCell, kind }: MeasuredSample, index: number): boolean => {
  const cells = kind.subarray(firstCell[index]!, firstCell[index + 1]!)
  return cells.includes(CellKind.text) || cells.includes(CellKind.clauses)
}

/** Whether the line, which is not a comment, may be skipped above any header. */
const isSkippable = (sample: MeasuredSample, index: number, width: number): boolean => {
  const { filled, firstCell, kind, records } = sample
  if (startsWithHash(sample, index)) return records[index]!.width !== width
  return filled[index]! < 2 && kind[firstCell[index]!] !== CellKind.word
}

/**
 * Whether nothing of the table is lost in the lines before the header. A line of several cells, or of one word, is skipped
 * only above a header that has records below, is as wide as they are or wider than the line, does not look like one of
 * them, and has no damaged quotes. It is not skipped if it is part of a table, or a full record of three columns or more:
 * titles and keys with values have fewer cells. Nor are more wide records skipped than a narrower table has, or records
 * as short as the header.
 */
export const isHeaderSafe = (sample: MeasuredSample, reading: Reading): boolean => {
  const { hasHeader, header, misfits, records, width } = reading
  const { filled, records: lines } = sample
  if (isAboveHeader(sample, reading) || isAboveSetOffHeader(sample, reading)) return false
  const headerWidth = sample.records[header]!.width
  if (headerWidth !== width && startsWithHash(sample, header) && hasText(sample, header)) return false
  // A line with a NUL is damaged, or no text at all. Skipped, its load would not fail.
  if (sample.table.bytes.subarray(lines[0]!.start, lines[header]!.start).includes(0)) return false
  let isSafe = true
  let isOneWord = true
  let wider = 0
  const isShortHeader = headerWidth === width && filled[header]! < width
  for (let index = 0; index < header; index++) {
    if (filled[index]! > width && lines[index]!.spaced <= 0) wider++
    if (isShortHeader && lines[index]!.width === width && filled[index] === filled[header]) return false
    if (isSkippable(sample, index, width)) continue
    isSafe = false
    if (filled[index]! < 2) continue
    isOneWord = false
    if (startsWithHash(sample, index)) continue
    if (width > 2 && lines[index]!.spaced <= 0 && isFullRecord(sample, index, width)) return false
    if (filled[index]! > width && !hasText(sample, index)) return false
    if (headerWidth < width && filled[index] === headerWidth) return false
  }
  if (wider > records) return false
  if (isSafe) return true
  if (looksLikeRecord(sample, reading, header)) return false
  if (isOneWord) return true
  const { malformed, undoubled } = sample.records[header]!
  return (
    hasHeader &&
    misfits < records &&
    widthWithin(sample, header, width) <= width &&
    malformed + undoubled === 0 &&
    tableWithin(sample, { from: 0, to: header }, Math.max(minPairs, records)) === null
  )
}
