import { bar, carriageReturn, comma, lineFeed, singleQuote } from "../../Bytes/Ascii.ts"
import { type LoadWarning, loadWarning } from "../../Domain/load/LoadWarning.ts"
import { CellKind } from "./cell/CellKind.ts"
import type { ChosenReading } from "./chooseReading.ts"
import type { SampleRecord, SampleTable } from "./table/SampleTable.ts"
import type { TableShape } from "./TableShape.ts"

const cellsOf = ({ firstCell, width }: SampleRecord): ReadonlyArray<number> =>
  Array.from({ length: width }, (_, column) => firstCell + column)

/** Whether a well-formed cell in quotes has text that needs them, with any delimiter. */
const areQuotesNeeded = ({ bytes, candidate, from, isQuoted, records, to }: SampleTable): boolean => {
  const special = [candidate.delimiter, singleQuote, lineFeed, carriageReturn, comma, bar].filter(
    (byte) => byte >= 0,
  )
  const needsQuotes = (cell: number): boolean => {
    const text = bytes.subarray(from[cell], to[cell])
    return isQuoted[cell] === 1 && special.some((byte) => text.includes(byte))
  }
  return records.some(
    (record) => record.malformed + record.undoubled === 0 && cellsOf(record).some(needsQuotes),
  )
}

/**
 * Whether apostrophes are rather text: fewer than half as many cells as records are in them, none of these needs quotes, and
 * the header is not in them. As text they stay in the values.
 */
export const areApostrophesText = (table: SampleTable, { header }: TableShape): boolean => {
  const { candidate, isQuoted, quoted, records, undoubled } = table
  if (candidate.quote !== singleQuote || quoted + undoubled === 0 || 2 * quoted >= records.length)
    return false
  return !cellsOf(records[header]!).every((cell) => isQuoted[cell] === 1) && !areQuotesNeeded(table)
}

/**
 * The warning that apostrophes are read as quotes, although other texts have none and no value needs them; `null` if there
 * is no doubt.
 *
 * @param linesBefore lines of the file before the sample
 */
export const apostropheQuotes = (
  { reading: { header }, sample: { records, table } }: ChosenReading,
  linesBefore: number,
): LoadWarning | null => {
  const { candidate, isQuoted, kinds } = table
  if (candidate.quote !== singleQuote) return null
  const below = records.slice(header + 1)
  const isBareText = (cell: number): boolean => isQuoted[cell] === 0 && kinds[cell]! >= CellKind.word
  const first = below.find((record) => cellsOf(record).some((cell) => isQuoted[cell] === 1))
  if (first === undefined || !below.some((record) => cellsOf(record).some(isBareText))) return null
  if (areQuotesNeeded(table)) return null
  return loadWarning(
    "close_reading",
    "Apostrophes around some values are read as quotes, and removed. To keep them, give quote=none.",
    linesBefore + first.line + 1,
  )
}
