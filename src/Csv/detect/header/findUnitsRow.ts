import { hasTypedCell } from "../cost/cellTypes.ts"
import type { MeasuredSample } from "../cost/MeasuredSample.ts"
import type { Reading } from "../cost/readings.ts"
import { isBracketed, isUnit } from "./isUnit.ts"
import { columnKinds, recordCells } from "./recordCells.ts"

/** Fewer records show too little to skip a line. */
export const minRecords = 3

const isNothing = (text: string): boolean => /^[-–—]*$/.test(text)

const inner = (text: string): string => (isBracketed(text) ? text.slice(1, -1).trim() : text)

/** Whether every cell may be a unit, or is empty. */
const mayBeUnits = (cells: ReadonlyArray<string>): boolean =>
  cells.every((cell) => isNothing(cell) || isBracketed(cell) || isUnit(cell))

/** Whether units are above numbers: several, or one that is more than a letter, which may be a mark. */
const areAboveNumbers = (units: ReadonlyArray<string>): boolean =>
  units.length > 1 || units.some((unit) => isBracketed(unit) || unit.length > 1)

/**
 * Whether a record has the units of the columns: every cell is a unit or empty, and columns of numbers have units, or all
 * units are in brackets, which no name and no value is. Returns the number of records below, or 0 if it has none.
 */
export const recordsBelowUnits = (sample: MeasuredSample, reading: Reading, index: number): number => {
  const { filled, records } = sample
  const record = records[index]
  const next = records[index + 1]
  if (record === undefined || next === undefined || index >= reading.end || record.isAfterBlank) return 0
  if (record.width !== reading.width || record.malformed > 0 || filled[index] === 0) return 0
  if (hasTypedCell(sample, index) || next.line - record.line > (next.isAfterBlank ? 2 : 1)) return 0
  const cells = recordCells(sample, index)
  if (!mayBeUnits(cells)) return 0
  const below = columnKinds(sample, reading, index + 1)
  const aboveNumbers = cells.filter(
    (cell, column) => !isNothing(inner(cell)) && below.kinds[column] === "number",
  )
  // Values in brackets: a column of notes.
  const isAnyBracketed = [index - 1, index + 1, index + 2].some(
    (other) => records[other] !== undefined && recordCells(sample, other).some(isBracketed),
  )
  const filledCells = cells.filter((cell) => cell !== "")
  const areMarked = filledCells.length > 1 && filledCells.every(isBracketed) && !isAnyBracketed
  return areMarked || areAboveNumbers(aboveNumbers) ? below.records : 0
}
