import { type LoadWarning, loadWarning } from "../../Domain/load/LoadWarning.ts"
import type { ChosenReading } from "./chooseReading.ts"
import { hasHeadedTable } from "./cost/tableRuns.ts"

/**
 * The warning that skipped lines are a table of their own, or the records after an empty line one of fewer columns; `null`
 * if there is no such table.
 *
 * @param linesBefore lines of the file before the sample
 */
export const otherTable = (
  { reading: { header, width }, sample }: ChosenReading,
  linesBefore: number,
): LoadWarning | null => {
  const { filled, records } = sample
  const above = records.findIndex((_, index) => index < header && hasHeadedTable(sample, index, header, 1))
  const below = records.findIndex(
    ({ isAfterBlank }, index) =>
      index > header + 1 &&
      filled[index]! < width &&
      (isAfterBlank || filled[index - 1] === 0) &&
      hasHeadedTable(sample, index, records.length, 2),
  )
  if (above < 0 && below < 0) return null
  const line = linesBefore + records[above < 0 ? below : above]!.line + 1
  const place = above < 0 ? "another table below the first one" : "another table, which was skipped"
  return loadWarning(
    "two_tables",
    `Line ${line} looks like the header of ${place}. Load each table from a file of its own${above < 0 ? "" : ", or give skipLines to choose one"}.`,
    line,
  )
}
