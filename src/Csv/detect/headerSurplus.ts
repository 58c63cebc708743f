import { space } from "../../Bytes/Ascii.ts"
import type { Surplus } from "../record/HeaderLayout.ts"
import { CellKind } from "./cell/CellKind.ts"
import { cellText, type SampleRecord, type SampleTable } from "./table/SampleTable.ts"
import type { Reading } from "./cost/readings.ts"

const areUnique = (texts: ReadonlyArray<string>): boolean => new Set(texts).size === texts.length

/** Whether the texts are 0, 1, 2… or 1, 2, 3…, as rows without names are numbered. */
const areRowNumbers = (texts: ReadonlyArray<string>): boolean =>
  /^[01]$/.test(texts[0]!) && texts.every((text, index) => text === String(Number(texts[0]) + index))

/** Usual names for a first column whose cells are unique or in order, and those of them that name times. */
const nameOfKey = /^(?:.*[ _-])?(?:id|ids|no|nr|num|number|index|idx|row|key|code|name|line|rank|#)\.?$/i
const nameOfTime = /^(?:.*[ _-])?(?:date|time|day|week|month|year)\.?$/i
const nameInCamelCase = /[a-z](?:I[Dd]|N[or]|Name|Code|Key)$/
const timeInCamelCase = /[a-z](?:Date|Time)$/

const isInteger = (kind: number): boolean => kind === CellKind.integer
const isTime = (kind: number): boolean => kind >= CellKind.date && kind <= CellKind.timestamp

/** With fewer records, unique first cells mean nothing. */
const minRecords = 3

/**
 * Which column has no name, if the records have one cell more than the header; `last` if they have several more.
 *
 * R's `write.table`, and pandas with the right option, omit the name over the row names, and both read such a header so.
 * Other programs omit the name of the last column: the first cells are no row names then, or stand below the name of a key
 * that does not fit the second cells better.
 */
export const headerSurplus = (table: SampleTable, { header, width }: Reading): Surplus => {
  const head = table.records[header]!
  const records = table.records
    .slice(header + 1)
    .filter((record) => record.width === width && record.malformed === 0)
  const isLastEmpty = ({ firstCell }: SampleRecord) => table.kinds[firstCell + width - 1] === CellKind.empty
  if (width - head.width !== 1) return "last"
  // Spaces leave no place for an empty cell, so the header lacks the name of the row names, as R writes it.
  if (table.candidate.delimiter === space) return "first"
  if (records.length < minRecords || 2 * records.filter(isLastEmpty).length > records.length) return "last"
  const first = records.map((record) => cellText(table, record.firstCell))
  if (first.includes("") || !areUnique(first)) return "last"
  // R quotes row names, but not numbers.
  const cells = records.reduce((sum, record) => sum + record.width, head.width)
  const areQuoted = records.every(({ firstCell }) => table.isQuoted[firstCell] === 1) && table.quoted < cells
  const isColumnOf = (column: number, is: (kind: number) => boolean): boolean =>
    records.every(({ firstCell }) => is(table.kinds[firstCell + column]!))
  const areNumbers = isColumnOf(0, isInteger)
  if (areNumbers && !areQuoted && !areRowNumbers(first)) return "last"
  const name = cellText(table, head.firstCell)
  const namesTime = nameOfTime.test(name) || timeInCamelCase.test(name)
  if (!namesTime && !nameOfKey.test(name) && !nameInCamelCase.test(name)) return "first"
  if (namesTime) return !isColumnOf(0, isTime) && isColumnOf(1, isTime) ? "first" : "last"
  const second = records.map((record) => cellText(table, record.firstCell + 1))
  return isColumnOf(1, isInteger) && areUnique(second) && (!areNumbers || areRowNumbers(first))
    ? "first"
    : "last"
}
