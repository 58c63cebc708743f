import { CellType, cellTypes, isTyped } from "./CellTypes.ts"
import type { SampleTable } from "./SampleTable.ts"
import type { TableShape } from "./TableShape.ts"

/** The type that most of a column's filled cells have, behind the header. */
const columnType = (table: SampleTable, { header, width }: TableShape, column: number): number => {
  const counts = new Uint32Array(cellTypes)
  for (let index = header + 1; index < table.records.length; index++) {
    const record = table.records[index]!
    if (record.width === width) counts[table.types[record.firstCell + column]!]!++
  }
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
  let votes = 0
  for (let column = 0; column < Math.min(record.width, shape.width); column++) {
    const type = table.types[record.firstCell + column]!
    if (type === CellType.empty) continue
    const below = columnType(table, shape, column)
    if (isTyped(type)) votes -= below === type || below === CellType.empty ? 1 : 0
    else if (isTyped(below)) votes++
  }
  return votes >= 0
}
