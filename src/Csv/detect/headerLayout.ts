import type { ChosenReading } from "./chooseReading.ts"
import { CellKind } from "./cell/CellKind.ts"
import type { MeasuredSample } from "./cost/MeasuredSample.ts"
import type { Reading } from "./cost/readings.ts"
import { headerSurplus } from "./headerSurplus.ts"
import type { SampleTable } from "./table/SampleTable.ts"

/** Below a header of several cells, a line of one cell is rather a note. */
const minCells = 2

/** The number of the last columns that have neither a name nor a value, so that a record may lack them. */
const hollowColumns = (
  { filled, records }: MeasuredSample,
  { end, hasHeader, header, width }: Reading,
): number => {
  let valued = Math.min(minCells, records[header]!.width)
  for (let index = header; index < end; index++)
    if (index === header || records[index]!.width === width) valued = Math.max(valued, filled[index]!)
  return Math.max(0, (hasHeader ? width : records[header]!.width) - valued)
}

/** How the header is adapted to the records, and how many of the last columns a record may lack. */
export const headerLayout = (table: SampleTable, { reading, sample }: ChosenReading) => {
  const { hasHeader, header, width } = reading
  const first = sample.firstCell[header]!
  const names = sample.records[header]!.width
  const last = sample.filled[header]!
  const none = { columns: null, headerRepair: null, optionalColumns: hollowColumns(sample, reading) }
  if (!hasHeader || names === width) return none
  const cut = names - width
  if (cut > 0) {
    let empty = 0
    for (let cell = first; cell < first + names; cell++) if (sample.kind[cell] === CellKind.empty) empty++
    // Names that no record has a value for are columns; the number of the empty ones shows whether they are superfluous.
    if (empty !== cut && last > width) return { ...none, optionalColumns: cut }
    return { ...none, columns: width, headerRepair: { added: 0, cut, surplus: "last" } as const }
  }
  return {
    ...none,
    columns: width,
    headerRepair: { added: -cut, cut: 0, surplus: headerSurplus(table, reading) },
  }
}
