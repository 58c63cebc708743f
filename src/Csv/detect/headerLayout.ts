import type { ChosenReading } from "./chooseReading.ts"
import { CellKind } from "./cell/CellKind.ts"
import type { MeasuredSample } from "./cost/MeasuredSample.ts"
import type { Reading } from "./cost/readings.ts"
import { headerSurplus } from "./headerSurplus.ts"
import type { SampleTable } from "./table/SampleTable.ts"

/** How the header is adapted to the records, and how many of the last columns a record may lack. */
export const headerLayout = (table: SampleTable, { reading, sample }: ChosenReading) => {
  const { hasHeader, header, width } = reading
  const first = sample.firstCell[header]!
  const names = sample.records[header]!.width
  const last = sample.filled[header]!
  const none = { columns: null, headerRepair: null, optionalColumns: 0 }
  if (!hasHeader || names === width) return none
  const cut = names - width
  if (cut > 0) {
    let empty = 0
    for (let cell = first; cell < first + names; cell++) if (sample.kind[cell] === CellKind.empty) empty++
    // Names that no record has a value for are columns; the number of the empty ones shows whether they are superfluous.
    if (empty !== cut && last > width) return { ...none, optionalColumns: cut }
    return { columns: width, headerRepair: { added: 0, cut, surplus: "last" } as const, optionalColumns: 0 }
  }
  const added = -cut
  return {
    columns: width,
    headerRepair: { added, cut: 0, surplus: headerSurplus(table, reading) },
    optionalColumns: isEmptyBelow(sample, reading, names) ? added : 0,
  }
}

/** Whether no record has a value in the columns from this one on. */
const isEmptyBelow = (sample: MeasuredSample, { end, header, width }: Reading, column: number): boolean => {
  for (let index = header + 1; index < end; index++)
    if (sample.records[index]!.width === width && sample.filled[index]! > column) return false
  return true
}
