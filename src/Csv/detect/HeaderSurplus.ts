import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import type { Surplus } from "../record/HeaderLayout.ts"
import type { Candidate } from "./Candidate.ts"
import { CellType } from "./CellTypes.ts"
import type { SampleRecord, SampleTable } from "./SampleTable.ts"
import type { TableShape } from "./TableShape.ts"

/** Made once: making one for every record would take most of the time. */
const decoder = new TextDecoder()

/** What stands in the first cell, as it is written. */
const firstCell = (bytes: Uint8Array, { start }: SampleRecord, { delimiter, quote }: Candidate): string => {
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

/** Whether the texts are 0, 1, 2… or 1, 2, 3…: the names that rows have without any. */
const areNumbersInOrder = (texts: ReadonlyArray<string>): boolean =>
  /^[01]$/.test(texts[0]!) && texts.every((text, index) => text === String(Number(texts[0]) + index))

/** Whether every cell but the first is a number or empty, as in a matrix with names at its sides. */
const isMatrix = ({ types }: SampleTable, records: ReadonlyArray<SampleRecord>): boolean =>
  records.every(({ firstCell, width }) => {
    for (let cell = firstCell + 1; cell < firstCell + width; cell++)
      if (types[cell]! > CellType.number) return false
    return true
  })

/** A name that stands over a first column as often as not, whose cells are unique or in order. */
const nameOfKey =
  /^(?:.*[ _-])?(?:id|ids|no|nr|num|number|index|idx|row|key|code|name|line|rank|date|time|day|week|month|year|#)\.?$/i
const nameInCamelCase = /[a-z](?:Id|ID|No|Nr|Name|Code|Key|Date|Time)$/
const isNameOfKey = (name: string): boolean => nameOfKey.test(name) || nameInCamelCase.test(name)

/** So many records tell whether their first cells are unique. */
const enoughRecords = 3

/**
 * Where the columns are that the header has no names for, when the records have more cells than it.
 *
 * R's `write.table`, and pandas when told so, leave out the name over the names of the rows; others forget the
 * last columns' names. Names over the wrong columns are worse than none: the nameless column is the first one
 * where its cells are plainly names of rows, the last one where they cannot be, and where both may be meant no
 * name is given to any.
 */
export const headerSurplus = (
  bytes: Uint8Array,
  table: SampleTable,
  { header, width }: TableShape,
  candidate: Candidate,
): Surplus => {
  const head = table.records[header]!
  const records = table.records
    .slice(header + 1)
    .filter((record) => record.width === width && !record.isMalformed)
  const isLastEmpty = ({ firstCell }: SampleRecord) => table.types[firstCell + width - 1] === CellType.empty
  if (width - head.width !== 1 || records.length < enoughRecords || records.every(isLastEmpty)) return "last"
  const texts = records.map((record) => firstCell(bytes, record, candidate))
  if (texts.includes("") || new Set(texts).size < texts.length) return "last"
  const isQuoted = (text: string): boolean => text.charCodeAt(0) === candidate.quote
  const inner = (text: string): string => (isQuoted(text) ? text.slice(1, -1) : text)
  const name = firstCell(bytes, head, candidate)
  if (!records.every(({ firstCell }) => table.types[firstCell] === CellType.integer)) {
    if (isNameOfKey(inner(name))) return "last"
    return isMatrix(table, records) ? "first" : "unknown"
  }
  if (!areNumbersInOrder(texts.map((text) => inner(text)))) return "last"
  // R puts the names of rows in quotes, and numbers not.
  const cells = records.reduce((sum, record) => sum + record.width, head.width)
  if (isQuoted(name) && texts.every(isQuoted) && table.quoted < cells) return "first"
  return isNameOfKey(inner(name)) ? "last" : "unknown"
}
