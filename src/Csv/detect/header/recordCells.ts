import { CellKind } from "../cell/CellKind.ts"
import { isYear } from "../cost/headerBits.ts"
import type { MeasuredSample } from "../cost/MeasuredSample.ts"
import type { Reading } from "../cost/readings.ts"

const decoder = new TextDecoder()

/** Longer cells are cut. */
const maxBytes = 256

/** The trimmed texts of a record's cells. */
export const recordCells = (
  { firstCell, from, table, to }: MeasuredSample,
  index: number,
): ReadonlyArray<string> => {
  const cells: Array<string> = []
  for (let cell = firstCell[index]!; cell < firstCell[index + 1]!; cell++)
    cells.push(
      decoder.decode(table.bytes.subarray(from[cell], Math.min(to[cell]!, from[cell]! + maxBytes))).trim(),
    )
  return cells
}

/** What all values of a column are, except for empty ones and marks such as `NA`; `null` if there are none. */
export type ColumnKind = "number" | "year" | "time" | "text" | null

/** Records that are looked at. */
const maxRecords = 100
const missing = /^(?:NA|N\/A|n\/a|NaN|nan|NULL|null|None|[-–—.*?]+)$/

/** The kinds of the columns in the records from this one on, and how many records were looked at. */
export const columnKinds = (
  sample: MeasuredSample,
  { end, width }: Reading,
  from: number,
): { readonly kinds: ReadonlyArray<ColumnKind>; readonly records: number } => {
  const kinds: Array<ColumnKind> = Array.from({ length: width }, () => null)
  let records = 0
  for (let index = from; index < end && records < maxRecords; index++) {
    if (sample.records[index]!.width !== width) continue
    records++
    const first = sample.firstCell[index]!
    for (let column = 0; column < width; column++) {
      const kind = cellKind(sample, first + column)
      if (kind === null || kinds[column] === "text") continue
      const other = kinds[column]
      // Years among other numbers are numbers.
      const isNumber = (one: ColumnKind | undefined) => one === "number" || one === "year"
      kinds[column] =
        other === null || other === kind ? kind : isNumber(other) && isNumber(kind) ? "number" : "text"
    }
  }
  return { kinds, records }
}

/** Whether a column below the header has only numbers, dates or times. */
export const hasTypedColumn = (sample: MeasuredSample, reading: Reading): boolean =>
  columnKinds(sample, reading, reading.header + 1).kinds.some((kind) => kind !== "text" && kind !== null)

const cellKind = (sample: MeasuredSample, cell: number): ColumnKind => {
  const kind = sample.kind[cell]!
  if (kind === CellKind.empty) return null
  if (kind === CellKind.integer || kind === CellKind.number) return isYear(sample, cell) ? "year" : "number"
  if (kind >= CellKind.date && kind <= CellKind.timestamp) return "time"
  const { from, table, to } = sample
  if (to[cell]! - from[cell]! > 4) return "text"
  return missing.test(decoder.decode(table.bytes.subarray(from[cell], to[cell])).trim()) ? null : "text"
}
