import { isTyped } from "./cell/CellKind.ts"
import {
  hasMostlyNames,
  hasOnlyNames,
  hasSpacedDelimiter,
  isComment,
  kindAt,
  type SampleTable,
  trailingEmptyCells,
} from "./table/SampleTable.ts"

/** How many records are searched for a header. */
export const maxHeaderIndex = 10

/** A shorter header has at least this share of the table's columns. */
const minHeaderWidth = 0.6

/** Whether the record is a title as in a spreadsheet: only its first cell is filled, and a record of names follows. */
const isTitle = (table: SampleTable, index: number, width: number): boolean => {
  const { records } = table
  let next = index
  const hasOneCell = (at: number): boolean =>
    at < records.length && trailingEmptyCells(table, records[at]!) >= records[at]!.width - 1
  if (width <= 2) return false
  while (next < index + maxHeaderIndex && hasOneCell(next)) next++
  const after = records[next]
  return next > index && after !== undefined && after.width > 1 && hasMostlyNames(table, after)
}

/** Whether only records of other widths, a blank line and then a full record of names follow. */
const isAboveSetOffHeader = (table: SampleTable, index: number, width: number): boolean => {
  const { records } = table
  const to = Math.min(records.length - 1, index + maxHeaderIndex)
  for (let next = index; next < to && records[next]!.width !== width; next++) {
    const after = records[next + 1]!
    // Quoted line breaks in the record before look like a blank line, too.
    if (after.line - records[next]!.line > 1 && after.width === width)
      return records[next]!.malformed === 0 && hasOnlyNames(table, after)
  }
  return false
}

/** Whether the next record of the table's width is clearly its header: names over typed cells. */
const isAboveHeader = (table: SampleTable, index: number, width: number): boolean => {
  const { records } = table
  const to = Math.min(records.length, index + maxHeaderIndex)
  let next = index + 1
  while (next < to && records[next]!.width !== width) next++
  const header = records[next]
  const below = records[next + 1]
  if (header?.width !== width || below?.width !== width || !hasOnlyNames(table, header)) return false
  for (let column = 0; column < width; column++) if (isTyped(kindAt(table, below, column))) return true
  return false
}

/**
 * The index of the header: the first record that is as wide as the table, or almost as wide and made of names. The records
 * before it are a preamble, such as a title, a source or a date.
 */
export const findHeader = (table: SampleTable, width: number, comment: number): number => {
  const { records } = table
  for (const [index, record] of records.entries()) {
    const next = records[index + 1]
    if (isComment(table, record, comment)) {
      // The last comment may be the header itself, if data follows.
      if (record.width !== width || next === undefined || hasOnlyNames(table, next)) continue
      if (isComment(table, next, comment)) continue
      return index
    }
    if (isAboveSetOffHeader(table, index, width)) continue
    if (record.width >= width) {
      if (isTitle(table, index, width)) continue
      return index
    }
    if (record.width < 2 || record.width < minHeaderWidth * width || isAboveHeader(table, index, width))
      continue
    if (hasOnlyNames(table, record) && !hasSpacedDelimiter(table, index)) return index
  }
  return 0
}
