import { hasTypedCell, typeOf } from "./cellTypes.ts"
import { type MeasuredSample, startsWithHash } from "./MeasuredSample.ts"

/** Records of one width that make a table: of three columns or more, and of two, which keys and values have as well. */
const minRecords = 3
export const minPairs = 4

/** A run of records that are a table of their own. */
interface TableRun {
  readonly from: number
  readonly to: number
}

/** Whether a column has cells of one type in `records[from, to)`. Texts of any kind are one type if `orText`. */
const isUniform = (
  sample: MeasuredSample,
  { from, to }: TableRun,
  column: number,
  orText: boolean,
): boolean => {
  const { firstCell } = sample
  const type = typeOf(sample, firstCell[from]! + column)
  if (type < 0 && !orText) return false
  for (let index = from + 1; index < to; index++)
    if (typeOf(sample, firstCell[index]! + column) !== type) return false
  return true
}

/**
 * The first run of records in `[from, to)` that is a table and not a preamble: all have one number of filled cells, and
 * below the first there is a column of one type. Pairs are a table if both columns are uniform and they are many.
 */
export const tableWithin = (
  sample: MeasuredSample,
  { from, to }: TableRun,
  manyPairs: number,
): TableRun | null => {
  const { filled } = sample
  for (let start = from; start < to;) {
    const cells = filled[start]!
    let end = start + 1
    while (end < to && filled[end] === cells) end++
    const below = { from: start + 1, to: end }
    const columns = Array.from({ length: cells }, (_, column) => column)
    const isLong = end - start >= (cells > 2 ? minRecords : manyPairs)
    if (cells > 1 && isLong && !startsWithHash(sample, start)) {
      const isTable =
        cells > 2
          ? columns.some((column) => isUniform(sample, below, column, false))
          : columns.every((column) => isUniform(sample, below, column, true))
      if (isTable) return { from: start, to: end }
    }
    start = end
  }
  return null
}

/**
 * Whether a table begins with this record: only names, above at least two records with as many filled cells and a column of
 * one type. Of pairs, only the first `pairColumns` columns are considered: the values of keys are often typed alike.
 */
export const hasHeadedTable = (
  sample: MeasuredSample,
  header: number,
  to: number,
  pairColumns: 1 | 2,
): boolean => {
  const { filled } = sample
  const cells = filled[header]!
  if (cells < 2 || startsWithHash(sample, header) || hasTypedCell(sample, header)) return false
  let end = header + 1
  while (end < to && filled[end] === cells) end++
  if (end - header < minRecords) return false
  const columns = Array.from({ length: cells === 2 ? pairColumns : cells }, (_, column) => column)
  return columns.some((column) => isUniform(sample, { from: header + 1, to: end }, column, false))
}
