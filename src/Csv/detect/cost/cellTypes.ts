import { CellKind, isTyped } from "../cell/CellKind.ts"
import { isYear } from "./headerBits.ts"
import type { MeasuredSample } from "./MeasuredSample.ts"
import type { Reading } from "./readings.ts"

/** Records that show what a table contains. */
const enough = 20

/** Whether a cell of the record is a number, a date, a time or a link. */
export const hasTypedCell = ({ firstCell, kind }: MeasuredSample, index: number): boolean => {
  for (let cell = firstCell[index]!; cell < firstCell[index + 1]!; cell++)
    if (isTyped(kind[cell]!)) return true
  return false
}

/** Whether a cell of the record is typed other than as a year, which may be a name. */
export const hasValue = (sample: MeasuredSample, index: number): boolean => {
  const { firstCell, kind } = sample
  for (let cell = firstCell[index]!; cell < firstCell[index + 1]!; cell++)
    if (isTyped(kind[cell]!) && !isYear(sample, cell)) return true
  return false
}

/** The kind of the cell if it is typed, and -1 if not. Decimals and whole numbers are alike, and years are another kind. */
export const typeOf = (sample: MeasuredSample, cell: number): number => {
  const kind = sample.kind[cell]!
  if (!isTyped(kind)) return -1
  if (isYear(sample, cell)) return kind + 100
  return kind === CellKind.number ? CellKind.integer : kind
}

/** The types of the filled cells below a record, column by column, for some of the records of the table's width. */
export const typesBelow = (
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
