import { carriageReturn, lineFeed, space } from "../../Bytes/Ascii.ts"
import { CellKind, isTyped } from "./cell/CellKind.ts"
import type { SampleRecord, SampleTable } from "./SampleTable.ts"

export const kindAt = (table: SampleTable, record: SampleRecord, column: number): number =>
  table.kinds[record.firstCell + column]!

/** The number of empty cells at the record's end. */
export const trailingEmptyCells = (table: SampleTable, record: SampleRecord): number => {
  let empty = 0
  while (empty < record.width && kindAt(table, record, record.width - 1 - empty) === CellKind.empty) empty++
  return empty
}

/** Whether every cell could be a column's name. */
export const hasOnlyNames = (table: SampleTable, record: SampleRecord): boolean => {
  for (let column = 0; column < record.width; column++) {
    const kind = kindAt(table, record, column)
    if (kind === CellKind.empty || kind === CellKind.odd || isTyped(kind)) return false
  }
  return true
}

/** Whether more than half of the cells could be names, at least two, and the others are empty. */
export const hasMostlyNames = (table: SampleTable, record: SampleRecord): boolean => {
  let names = 0
  for (let column = 0; column < record.width; column++) {
    const kind = kindAt(table, record, column)
    if (kind === CellKind.odd || isTyped(kind)) return false
    if (kind !== CellKind.empty) names++
  }
  return names > 1 && 2 * names > record.width
}

/** Whether a space follows a delimiter in `bytes[start, end)`, as after the commas of a sentence. */
export const hasSpacedDelimiter = (
  bytes: Uint8Array,
  { start }: SampleRecord,
  end: number,
  delimiter: number,
): boolean => {
  for (let i = start; i < end; i++) if (bytes[i] === delimiter && bytes[i + 1] === space) return true
  return false
}

/** Whether the record looks like a comment: it begins with the comment character, and text follows. */
export const isComment = (
  bytes: Uint8Array,
  { start }: SampleRecord,
  comment: number,
  delimiter: number,
): boolean => {
  if (bytes[start] !== comment) return false
  const next = bytes[start + 1]
  return next !== undefined && next !== delimiter && next !== lineFeed && next !== carriageReturn
}
