import type { Candidate } from "./Candidate.ts"
import { CellType, cellTypes, isTyped, weight } from "./CellTypes.ts"
import type { SampleTable } from "./SampleTable.ts"
import { isSpaced, type TableShape } from "./TableShape.ts"
import { colon, comma, doubleQuote, hash } from "../../Bytes/Ascii.ts"

const pipe = 0x7c

/** What is usual is preferred where little speaks for anything else. */
const prior = ({ delimiter, escape, quote, recordEnd, skipInitialSpace }: Candidate): number => {
  let product = 1
  if (delimiter === colon) product *= 0.8
  else if (delimiter === pipe) product *= 0.98
  else if (delimiter === -1) product *= 0.9
  else if (delimiter !== comma) product *= 0.99
  if (quote !== doubleQuote) product *= 0.97
  if (quote !== -1 && escape !== quote) product *= 0.99
  if (skipInitialSpace) product *= 0.99
  if (recordEnd !== "any") product *= 0.97
  return product
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39

/** So many of the first colons tell whether they stand in times. */
const colonsLookedAt = 1000

/** Whether nearly all colons stand before two digits and behind one, as in times. */
const areInTimes = (bytes: Uint8Array): boolean => {
  let all = 0
  let inTimes = 0
  for (let i = bytes.indexOf(colon); i >= 0 && all < colonsLookedAt; i = bytes.indexOf(colon, i + 1)) {
    all++
    if (isDigit(bytes[i - 1]) && isDigit(bytes[i + 1]) && isDigit(bytes[i + 2]) && !isDigit(bytes[i + 3]))
      inTimes++
  }
  return inTimes > 0.9 * all
}

/** Mean weight of the cells. The header counts as much as a quarter of the other records: names are seldom odd. */
const typeScore = (table: SampleTable, { header, records }: TableShape): number => {
  const counts = new Float64Array(cellTypes)
  let all = 0
  for (let index = header; index < table.records.length; index++) {
    const { firstCell, width } = table.records[index]!
    const times = index === header ? Math.max(1, records / 4) : 1
    for (let cell = firstCell; cell < firstCell + width; cell++) counts[table.types[cell]!]! += times
    all += width * times
  }
  let sum = 0
  for (let type = 0; type < cellTypes; type++) sum += counts[type]! * weight[type]!
  return all === 0 ? 0 : sum / all
}

/**
 * How much a record behind a preamble looks like a header, from 0 to 1: a header is made of names, and over
 * numbers there is no doubt. Without this, any sentence before a few lines with as many commas would be taken
 * for a preamble.
 */
const headerScore = (table: SampleTable, { header, width }: TableShape): number => {
  const record = table.records[header]!
  const next = table.records[header + 1]
  let names = 0
  let typed = 0
  let contrasts = 0
  for (let column = 0; column < Math.min(width, record.width); column++) {
    const type = table.types[record.firstCell + column]!
    if (isTyped(type)) typed++
    else if (type !== CellType.empty) {
      names++
      if (next !== undefined && column < next.width && isTyped(table.types[next.firstCell + column]!))
        contrasts++
    }
  }
  if (names === 0) return 0.1
  if (contrasts > 0) return 1
  return typed > 0 ? 0.3 : 0.5
}

/** Of quotes that are nearly all malformed, a delimiter may be the right one all the same. */
const leastOfMalformed = 0.15

/**
 * How many of the cells in quotes are well formed; up to a fifth may be not. Those whose quotes are only not
 * doubled say nothing. Where another quote is supposed, or
 * none, but most cells that have `"` at an edge have it at both, these are quotes all the same.
 */
const quoteScore = ({ enclosed, halfEnclosed, malformed, quoted }: SampleTable): number => {
  const wellFormed =
    malformed === 0
      ? 1
      : Math.max(leastOfMalformed, Math.min(1, (quoted + 0.5) / (quoted + malformed + 0.5) / 0.8))
  if (enclosed === 0 || quoted > enclosed) return wellFormed
  return wellFormed * ((halfEnclosed + 0.5) / (enclosed + halfEnclosed + 0.5)) ** 2
}

/** Whether the name of the only column looks like several names that were not parted. */
const isOddHeader = (table: SampleTable, { header }: TableShape): boolean =>
  table.types[table.records[header]!.firstCell] === CellType.odd

/** Whether comments or a blank line part the preamble from the header, of names where there are only two. */
const isSetOff = (
  table: SampleTable,
  { header, width }: TableShape,
  bytes: Uint8Array,
  delimiter: number,
  likeHeader: number,
): boolean => {
  const record = table.records[header]!
  const before = table.records[header - 1]!
  if (bytes[before.start] === hash) return true
  if (record.line - before.line < 2) return false
  // Two sentences with a comma each do not make a table of two columns.
  const end = table.records[header + 2]?.start ?? bytes.length
  return width > 2 || (likeHeader >= 0.5 && !isSpaced(bytes, record, end, delimiter))
}

/**
 * A record that is shorter than a proper header speaks little against the header: programs leave out cells at the
 * end. A wrong delimiter gives longer ones as well.
 */
const creditOfShort = 0.5

/**
 * How well a candidate explains the sample, from 0 to 1: how many records agree in their number of fields,
 * times how much the cells look like values. Both are needed: a wrong delimiter may well be found equally often in
 * every line, but it then leaves cells that look like nothing.
 */
export const score = (
  candidate: Candidate,
  table: SampleTable,
  shape: TableShape,
  bytes: Uint8Array,
  isDelimiterKnown: boolean,
): number => {
  const isOneColumn = shape.width === 1
  if (shape.records === 0 || (isOneColumn && candidate.delimiter !== -1 && !isDelimiterKnown)) return 0
  const consistency = (shape.regular + creditOfShort * shape.short) / shape.records
  let product = consistency * consistency * typeScore(table, shape) * quoteScore(table) * prior(candidate)
  if (candidate.delimiter === colon && !isDelimiterKnown) {
    // One line with a colon is more likely a key and its value.
    if (shape.records === 1) return 0
    if (areInTimes(bytes)) product *= 0.5
  }
  if (isOneColumn && candidate.delimiter === -1 && isOddHeader(table, shape)) product *= 0.15
  if (shape.width > 1 && shape.header > 0) {
    product *= Math.sqrt(shape.records / (shape.records + shape.preamble))
    const likeHeader = headerScore(table, shape)
    product *= isSetOff(table, shape, bytes, candidate.delimiter, likeHeader)
      ? Math.max(0.8, likeHeader)
      : likeHeader
  }
  return product
}
