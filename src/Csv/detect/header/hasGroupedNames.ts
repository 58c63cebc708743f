import { CellKind, isTyped } from "../cell/CellKind.ts"
import { isYear } from "../cost/headerBits.ts"
import type { MeasuredSample } from "../cost/MeasuredSample.ts"
import type { Reading } from "../cost/readings.ts"
import { recordsBelowUnits } from "./findUnitsRow.ts"
import { columnKinds, recordCells } from "./recordCells.ts"

/** Fewer records show too little. */
const minRecords = 2

/** How the names of groups in the upper row stand above the names in the lower one. */
interface Groups {
  /** Names with empty cells to their right, all above names: merged cells. */
  readonly merged: number
  /** Names above an empty cell, and above a name of their own. */
  readonly aboveEmpty: number
  readonly aboveName: number
}

/** `null` if the rows cannot be a header together. */
const groupsOf = (
  upper: ReadonlyArray<string>,
  lower: ReadonlyArray<string>,
  width: number,
): Groups | null => {
  let merged = 0
  let aboveEmpty = 0
  let aboveName = 0
  for (let column = 0; column < width; column++) {
    const name = upper[column] ?? ""
    if (name === "") continue
    let end = column + 1
    while (end < width && (upper[end] ?? "") === "") end++
    const below = lower.slice(column, end)
    if (end === column + 1) {
      if (below[0] === "" || below[0] === undefined) aboveEmpty++
      else aboveName++
    } else if (below.length === end - column && below.every((cell) => cell !== "")) merged++
    else return null
    if (name.endsWith(":")) return null
  }
  return { merged, aboveEmpty, aboveName }
}

/** Whether the cells may be names: words, or years. */
const areNames = (sample: MeasuredSample, index: number): boolean => {
  const { firstCell, kind } = sample
  for (let cell = firstCell[index]!; cell < firstCell[index + 1]!; cell++)
    if ((isTyped(kind[cell]!) && !isYear(sample, cell)) || kind[cell] === CellKind.odd) return false
  return true
}

/**
 * Whether the lower row differs from the records below: names, or years, above values that are others. Columns without a
 * name in it must have values.
 */
const isAboveRecords = (sample: MeasuredSample, reading: Reading, lower: number): boolean => {
  const units = recordsBelowUnits(sample, reading, lower + 1) > 0 ? 1 : 0
  const { kinds, records } = columnKinds(sample, reading, lower + 1 + units)
  const { filled, firstCell, kind } = sample
  const isEmpty = (column: number): boolean =>
    column >= filled[lower]! || kind[firstCell[lower]! + column] === CellKind.empty
  if (records < minRecords || kinds.some((below, column) => below === null && isEmpty(column))) return false
  return kinds.some(
    (below, column) =>
      !isEmpty(column) &&
      below !== "text" &&
      below !== null &&
      !(below === "year" && isYear(sample, firstCell[lower]! + column)),
  )
}

const countFilled = (cells: ReadonlyArray<string>): number => cells.filter((cell) => cell !== "").length

/**
 * Whether a record has the names of groups, as merged cells are exported, and the next one the names within the groups. A
 * title has only one name, and lines of keys and values have one group at most, or another such line above.
 */
export const hasGroupedNames = (sample: MeasuredSample, reading: Reading, upper: number): boolean => {
  const { records } = sample
  const { width } = reading
  const [first, second] = [records[upper], records[upper + 1]]
  if (first === undefined || second === undefined || upper + 1 >= reading.end) return false
  if (second.isAfterBlank || first.malformed + second.malformed > 0) return false
  // Merged cells leave empty ones, so the upper row is no narrower than the table.
  if (first.width !== width || second.width > width) return false
  if (sample.filled[upper] === 0 || !areNames(sample, upper) || !areNames(sample, upper + 1)) return false
  const cells = recordCells(sample, upper)
  const groups = groupsOf(cells, recordCells(sample, upper + 1), width)
  if (groups === null || groups.merged === 0) return false
  const { aboveEmpty, aboveName, merged } = groups
  const isBelowFacts = upper > 0 && !first.isAfterBlank && countFilled(recordCells(sample, upper - 1)) > 1
  const isGrouped = merged > 1 ? !isBelowFacts : aboveEmpty > 0 && aboveName === 0
  return isGrouped && isAboveRecords(sample, reading, upper + 1)
}
