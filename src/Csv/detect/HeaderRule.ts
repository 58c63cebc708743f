import { CellType, cellTypes, isTyped } from "./CellTypes.ts"
import type { SampleRecord, SampleTable } from "./SampleTable.ts"
import type { TableShape } from "./TableShape.ts"

/**
 * The type that most of a column's filled cells have in the records.
 *
 * @param counts space to count in, for each type
 */
const columnType = (
  types: Uint8Array,
  records: ReadonlyArray<SampleRecord>,
  column: number,
  counts: Uint32Array,
): number => {
  counts.fill(0)
  for (const { firstCell } of records) counts[types[firstCell + column]!]!++
  counts[CellType.empty] = 0
  let most: number = CellType.empty
  for (let type = 0; type < cellTypes; type++) if (counts[type]! > counts[most]!) most = type
  return most
}

/**
 * Whether the first record is a header. A name over numbers, dates or links says so; a number over numbers says
 * no, for each column. Where no column says anything, it is one, as in most files.
 */
export const isHeader = (table: SampleTable, shape: TableShape): boolean => {
  const record = table.records[shape.header]
  if (record === undefined) return true
  // Only these have every column, so the work below is bounded by the number of cells.
  const below = table.records.slice(shape.header + 1).filter(({ width }) => width === shape.width)
  const counts = new Uint32Array(cellTypes)
  let votes = 0
  for (let column = 0; column < Math.min(record.width, shape.width); column++) {
    const type = table.types[record.firstCell + column]!
    if (type === CellType.empty) continue
    const usual = columnType(table.types, below, column, counts)
    if (isTyped(type)) votes -= usual === type || usual === CellType.empty ? 1 : 0
    else if (isTyped(usual)) votes++
  }
  return votes >= 0
}
