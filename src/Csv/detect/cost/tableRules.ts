import { CellKind } from "../cell/CellKind.ts"
import { widthWithin } from "./BodyCoder.ts"
import { hasValue, looksLikeRecord, typesBelow } from "./cellTypes.ts"
import { type MeasuredSample, startsWithHash } from "./MeasuredSample.ts"
import type { Reading } from "./readings.ts"
import { minPairs, tableWithin } from "./tableRuns.ts"

/** A header is at most this many records below the first. */
const maxLead = 40

/** Whether at most half as many cells as the table has columns are empty, before the last filled one. */
const isMostlyFilled = (
  { filled, firstCell, kind }: MeasuredSample,
  index: number,
  width: number,
): boolean => {
  const first = firstCell[index]!
  let empty = 0
  for (let cell = first; cell < first + filled[index]!; cell++) if (kind[cell] === CellKind.empty) empty++
  return 2 * empty <= width
}

/** Whether the record has the table's width, a filled last cell, and at least half of the cells are filled. */
const isFullRecord = (sample: MeasuredSample, index: number, width: number): boolean =>
  sample.records[index]!.width === width &&
  sample.filled[index] === width &&
  isMostlyFilled(sample, index, width)

/** Whether the record is clearly the header: only names or years, for all columns or all but `missing` of the last, above a typed one. */
const isClearHeader = (
  sample: MeasuredSample,
  reading: Pick<Reading, "end" | "width">,
  index: number,
  missing: number,
): boolean => {
  const { width } = reading
  if (sample.records[index]!.width > width || sample.filled[index]! < width - missing) return false
  return (
    !hasValue(sample, index) &&
    isMostlyFilled(sample, index, width) &&
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

/** Whether the record has prose in it: a cell of several words. */
const hasText = ({ firstCell, kind }: MeasuredSample, index: number): boolean => {
  const cells = kind.subarray(firstCell[index]!, firstCell[index + 1]!)
  return cells.includes(CellKind.text) || cells.includes(CellKind.clauses)
}

/** Whether the record may be a line of notes: of fewer cells than a table has, of which one is prose. */
const isNote = (sample: MeasuredSample, index: number, width: number): boolean =>
  2 * sample.filled[index]! <= width && hasText(sample, index)

/**
 * Whether none of the footer's lines is a full record or part of a table, and few have several cells, or all are notes after
 * a blank line.
 */
export const isFooterSafe = (sample: MeasuredSample, { end, records, width }: Reading): boolean => {
  const { filled } = sample
  let wide = 0
  let areNotes = sample.records[end]?.isAfterBlank ?? false
  for (let index = end; index < filled.length; index++) {
    if (isFullRecord(sample, index, width)) return false
    if (!isNote(sample, index, width)) areNotes = false
    if (filled[index]! > 1 && !startsWithHash(sample, index)) wide++
  }
  return (
    (areNotes || 2 * wide < Math.max(1, records)) &&
    tableWithin(sample, { from: end, to: filled.length }, minPairs) === null
  )
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
  const isSetOff = lines[header]!.isAfterBlank
  const isBelowTitles = width === 2 && (isSetOff || isClearHeader(sample, reading, header, 0))
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
    if (!isBelowTitles && lines[index]!.spaced <= 0 && isFullRecord(sample, index, width)) return false
    if (filled[index]! > width && !hasText(sample, index)) return false
    if (headerWidth < width && filled[index] === headerWidth) return false
  }
  if (wider > records) return false
  if (isSafe) return true
  if (looksLikeRecord(sample, reading, header)) return false
  if (isOneWord) return width === 1 || isSetOff || isClearHeader(sample, reading, header, 0)
  const { malformed, undoubled } = sample.records[header]!
  return (
    hasHeader &&
    misfits < records &&
    widthWithin(sample, header, width) <= width &&
    malformed + undoubled === 0 &&
    tableWithin(sample, { from: 0, to: header }, Math.max(minPairs, records)) === null
  )
}
