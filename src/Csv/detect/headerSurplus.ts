import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import type { Surplus } from "../record/HeaderLayout.ts"
import { CellKind } from "./cell/CellKind.ts"
import type { SampleRecord, SampleTable } from "./table/SampleTable.ts"
import type { Reading } from "./cost/readings.ts"

/** Shared, because creating one for each record would take most of the time. */
const decoder = new TextDecoder()

/** The text of the first cell, with its quotes. */
const firstCell = ({ bytes, candidate }: SampleTable, { start }: SampleRecord): string => {
  const { delimiter, quote } = candidate
  let end = start
  if (bytes[start] === quote) {
    end = bytes.indexOf(quote, start + 1)
    return decoder.decode(bytes.subarray(start, end < 0 ? bytes.length : end + 1))
  }
  while (end < bytes.length) {
    const byte = bytes[end]!
    if (byte === delimiter || byte === lineFeed || byte === carriageReturn) break
    end++
  }
  return decoder.decode(bytes.subarray(start, end))
}

/** Whether the texts are 0, 1, 2… or 1, 2, 3…, as rows without names are numbered. */
const areRowNumbers = (texts: ReadonlyArray<string>): boolean =>
  /^[01]$/.test(texts[0]!) && texts.every((text, index) => text === String(Number(texts[0]) + index))

const isNotAvailable = ({ bytes, from, to }: SampleTable, cell: number): boolean =>
  decoder.decode(bytes.subarray(from[cell], to[cell])) === "NA"

/** Whether every cell but the first is a number, `NA` or empty, as in a matrix with row names. */
const isMatrix = (table: SampleTable, records: ReadonlyArray<SampleRecord>): boolean =>
  records.every(({ firstCell, width }) => {
    for (let cell = firstCell + 1; cell < firstCell + width; cell++)
      if (table.kinds[cell]! > CellKind.number && !isNotAvailable(table, cell)) return false
    return true
  })

/** A usual name for a first column whose cells are unique or in order. */
const nameOfKey =
  /^(?:.*[ _-])?(?:id|ids|no|nr|num|number|index|idx|row|key|code|name|line|rank|date|time|day|week|month|year|#)\.?$/i
const nameInCamelCase = /[a-z](?:Id|ID|No|Nr|Name|Code|Key|Date|Time)$/
const isNameOfKey = (name: string): boolean => nameOfKey.test(name) || nameInCamelCase.test(name)

/** With fewer records, unique first cells mean nothing. */
const minRecords = 3

/**
 * Which columns have no name, if the records have more cells than the header.
 *
 * R's `write.table`, and pandas with the right option, omit the name over the row names. Other programs omit the names of
 * the last columns. Names over the wrong columns are worse than none. So the first column has no name if its cells are
 * clearly row names, and the last one has none if they cannot be. If both are possible, no column gets a name.
 */
export const headerSurplus = (table: SampleTable, { header, width }: Reading): Surplus => {
  const head = table.records[header]!
  const records = table.records
    .slice(header + 1)
    .filter((record) => record.width === width && record.malformed === 0)
  const isLastEmpty = ({ firstCell }: SampleRecord) => table.kinds[firstCell + width - 1] === CellKind.empty
  if (width - head.width !== 1 || records.length < minRecords || records.every(isLastEmpty)) return "last"
  const texts = records.map((record) => firstCell(table, record))
  if (texts.includes("") || new Set(texts).size < texts.length) return "last"
  const isQuoted = (text: string): boolean => text.charCodeAt(0) === table.candidate.quote
  const inner = (text: string): string => (isQuoted(text) ? text.slice(1, -1) : text)
  const name = firstCell(table, head)
  const isKey = isNameOfKey(inner(name))
  // R quotes texts and the row names, but not numbers.
  const cells = records.reduce((sum, record) => sum + record.width, head.width)
  const areNamesQuoted = isQuoted(name) && texts.every(isQuoted) && table.quoted < cells
  if (!records.every(({ firstCell }) => table.kinds[firstCell] === CellKind.integer)) {
    if (isKey) return "last"
    return areNamesQuoted || isMatrix(table, records) ? "first" : "unknown"
  }
  if (areNamesQuoted && (!isKey || areRowNumbers(texts.map(inner)))) return "first"
  if (!areRowNumbers(texts.map(inner))) return "last"
  return isKey ? "last" : "unknown"
}
