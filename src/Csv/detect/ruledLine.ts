import { type LoadWarning, loadWarning } from "../../Domain/load/LoadWarning.ts"
import type { ChosenReading } from "./chooseReading.ts"
import type { MeasuredSample } from "./cost/MeasuredSample.ts"

/** A cell of a ruled line: `---`, and `:--:` in Markdown. */
const rule = /^ *:?(?:-+|=+):? *$/

const cellsOf = ({ firstCell, from, table, to }: MeasuredSample, index: number): ReadonlyArray<string> => {
  const cells: Array<string> = []
  for (let cell = firstCell[index]!; cell < firstCell[index + 1]!; cell++)
    if (to[cell]! > from[cell]!)
      cells.push(
        String.fromCharCode(...table.bytes.subarray(from[cell], Math.min(to[cell]!, from[cell]! + 256))),
      )
  return cells
}

/**
 * The warning that the line below the header consists of dashes, as sqlcmd and Markdown write it, and becomes a row; `null`
 * if it does not. A single dash may be a missing value.
 *
 * @param linesBefore lines of the file before the sample
 */
export const ruledLine = (
  { reading: { hasHeader, header }, sample }: ChosenReading,
  linesBefore: number,
): LoadWarning | null => {
  const record = sample.records[header + 1]
  if (!hasHeader || record === undefined) return null
  const cells = cellsOf(sample, header + 1)
  if (!cells.some((cell) => cell.trim().length > 1) || !cells.every((cell) => rule.test(cell))) return null
  const line = linesBefore + record.line + 1
  return loadWarning(
    "ruled_line",
    `Line ${line}, below the header, has only dashes. It becomes a row: delete it from the table, and check the types of the columns.`,
    line,
  )
}
