import { CellKind, cellKinds, isTyped } from "./cell/CellKind.ts"
import { kindAt, type SampleRecord, type SampleTable } from "./SampleTable.ts"
import type { TableShape } from "./TableShape.ts"

/**
 * The most frequent kind of a column's filled cells.
 *
 * @param counts scratch space with one element for each kind
 */
const mostFrequentKind = (
  table: SampleTable,
  records: ReadonlyArray<SampleRecord>,
  column: number,
  counts: Uint32Array,
): number => {
  counts.fill(0)
  for (const record of records) counts[kindAt(table, record, column)]!++
  counts[CellKind.empty] = 0
  let most: number = CellKind.empty
  for (let kind = 0; kind < cellKinds; kind++) if (counts[kind]! > counts[most]!) most = kind
  return most
}

/**
 * Whether the first record is a header. Each column votes: a name over numbers, dates or links is for it, a number over
 * numbers against it. Without votes it is a header, as in most files.
 */
export const isHeader = (table: SampleTable, shape: TableShape): boolean => {
  const record = table.records[shape.header]
  if (record === undefined) return true
  // Only these have every column, so the work below is bounded by the number of cells.
  const below = table.records.slice(shape.header + 1).filter(({ width }) => width === shape.width)
  const counts = new Uint32Array(cellKinds)
  let votes = 0
  for (let column = 0; column < Math.min(record.width, shape.width); column++) {
    const kind = kindAt(table, record, column)
    if (kind === CellKind.empty) continue
    const usual = mostFrequentKind(table, below, column, counts)
    if (isTyped(kind)) votes -= usual === kind || usual === CellKind.empty ? 1 : 0
    else if (isTyped(usual)) votes++
  }
  return votes >= 0
}
