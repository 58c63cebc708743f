import { type LoadWarning, loadWarning } from "../../../Domain/load/LoadWarning.ts"
import type { MeasuredSample } from "../cost/MeasuredSample.ts"
import type { Reading } from "../cost/readings.ts"
import { minRecords, recordsBelowUnits } from "./findUnitsRow.ts"
import { hasGroupedNames } from "./hasGroupedNames.ts"

/** What the user gives about the header; `undefined` is detected. */
export interface GivenHeader {
  readonly headerRows?: number | undefined
  readonly unitsRow?: boolean | undefined
}

/** The rows of a header. */
export interface HeaderDescription {
  /** Lines of the sample before it. */
  readonly line: number
  readonly headerRows: number
  /** The line of units below, from 1; `null`: there is none, or it is not skipped. */
  readonly unitsLine: number | null
  readonly warnings: ReadonlyArray<LoadWarning>
}

const joinedRows = (line: number): LoadWarning =>
  loadWarning(
    "header_rows",
    `Lines ${line} and ${line + 1} are read as a header of two rows, whose names are joined. To read one of them as the header, give headerRows=1, and skipLines to choose it.`,
    line,
  )

const skippedUnits = (line: number): LoadWarning =>
  loadWarning(
    "units_row",
    `Line ${line}, below the header, has units and is skipped. To load it as a row, give unitsRow=false.`,
    line,
  )

const possibleUnits = (line: number): LoadWarning =>
  loadWarning(
    "units_row",
    `Line ${line}, below the header, may have units. It is loaded as a row, because few records follow. To skip it, give unitsRow=true.`,
    line,
  )

/**
 * The rows of the header that a reading has: names of groups above its names, or names below its groups, and a line of units.
 *
 * @param hasPreamble lines before the header are looked for
 * @param linesBefore lines of the file before the sample
 */
export const describeHeader = (
  { reading, sample }: { readonly reading: Reading; readonly sample: MeasuredSample },
  { headerRows, unitsRow }: GivenHeader,
  hasPreamble: boolean,
  linesBefore: number,
): HeaderDescription => {
  const before = (index: number): number => sample.records[index]!.line
  const lineOf = (index: number): number => linesBefore + before(index) + 1
  const warnings: Array<LoadWarning> = []
  let { header } = reading
  if (!reading.hasHeader) return { line: before(header), headerRows: 1, unitsLine: null, warnings }
  let rows = headerRows ?? 1
  if (headerRows === undefined && reading.width > 1) {
    const isLower = hasPreamble && header > 0 && hasGroupedNames(sample, reading, header - 1)
    if (isLower || hasGroupedNames(sample, reading, header)) {
      rows = 2
      if (isLower) header--
      warnings.push(joinedRows(lineOf(header)))
    }
  }
  const next = header + rows
  const below = unitsRow === undefined && reading.width > 1 ? recordsBelowUnits(sample, reading, next) : 0
  const isUnits = below >= minRecords
  if (below > 0) warnings.push((isUnits ? skippedUnits : possibleUnits)(lineOf(next)))
  return { line: before(header), headerRows: rows, unitsLine: isUnits ? lineOf(next) : null, warnings }
}
