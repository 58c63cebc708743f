import { areApostrophesText } from "./apostrophes.ts"
import type { Candidate } from "./table/Candidate.ts"
import { CellKind, cellKinds, isTyped, weight } from "./cell/CellKind.ts"
import { hasSpacedDelimiter, kindAt, type SampleTable } from "./table/SampleTable.ts"
import type { TableShape } from "./TableShape.ts"
import { bar, colon, comma, doubleQuote, hash, isDigit } from "../../Bytes/Ascii.ts"

/** Prefers the usual dialect if there is little evidence for another. */
const prior = ({ delimiter, escape, quote, recordEnd, skipInitialSpace }: Candidate): number => {
  let product = 1
  if (delimiter === colon) product *= 0.8
  else if (delimiter === bar) product *= 0.98
  else if (delimiter === -1) product *= 0.9
  else if (delimiter !== comma) product *= 0.99
  if (quote !== doubleQuote) product *= 0.97
  if (quote !== -1 && escape !== quote) product *= 0.99
  if (skipInitialSpace) product *= 0.99
  if (recordEnd !== "any") product *= 0.97
  return product
}

/** The number of colons that are checked. */
const maxColons = 1000

/** Whether almost all colons have a digit before and two digits after them, as in times. */
const areInTimes = (bytes: Uint8Array): boolean => {
  let all = 0
  let inTimes = 0
  for (let i = bytes.indexOf(colon); i >= 0 && all < maxColons; i = bytes.indexOf(colon, i + 1)) {
    all++
    if (isDigit(bytes[i - 1]) && isDigit(bytes[i + 1]) && isDigit(bytes[i + 2]) && !isDigit(bytes[i + 3]))
      inTimes++
  }
  return inTimes > 0.9 * all
}

/** The mean weight of the cells. The header counts as much as a quarter of the records, because names are rarely odd. */
const cellScore = (table: SampleTable, { header, records }: TableShape): number => {
  const counts = new Float64Array(cellKinds)
  let all = 0
  for (let index = header; index < table.records.length; index++) {
    const { firstCell, width } = table.records[index]!
    const times = index === header ? Math.max(1, records / 4) : 1
    for (let cell = firstCell; cell < firstCell + width; cell++) counts[table.kinds[cell]!]! += times
    all += width * times
  }
  let sum = 0
  for (let kind = 0; kind < cellKinds; kind++) sum += counts[kind]! * weight[kind]!
  return all === 0 ? 0 : sum / all
}

/**
 * How much the record after a preamble looks like a header, from 0 to 1. A header consists of names; names over numbers
 * leave no doubt. Without this, any sentence before a few lines with equally many commas would be a preamble.
 */
const headerScore = (table: SampleTable, { header, width }: TableShape): number => {
  const record = table.records[header]!
  const next = table.records[header + 1]
  let names = 0
  let typed = 0
  let contrasts = 0
  for (let column = 0; column < Math.min(width, record.width); column++) {
    const kind = kindAt(table, record, column)
    if (isTyped(kind)) typed++
    else if (kind !== CellKind.empty) {
      names++
      if (next !== undefined && column < next.width && isTyped(kindAt(table, next, column))) contrasts++
    }
  }
  if (names === 0) return 0.1
  if (contrasts > 0) return 1
  return typed > 0 ? 0.3 : 0.5
}

/** The delimiter can be right even if almost all quoted cells are malformed. */
const minQuoteScore = 0.15

/**
 * The share of quoted cells that are well formed; up to a fifth may be malformed. Cells with quotes that are not doubled do
 * not count. The score is low if the candidate's quote is not `"`, but most cells with `"` at one edge have it at both.
 */
const quoteScore = ({ enclosed, halfEnclosed, malformed, quoted }: SampleTable): number => {
  const wellFormed =
    malformed === 0
      ? 1
      : Math.max(minQuoteScore, Math.min(1, (quoted + 0.5) / (quoted + malformed + 0.5) / 0.8))
  if (enclosed === 0 || quoted > enclosed) return wellFormed
  return wellFormed * ((halfEnclosed + 0.5) / (enclosed + halfEnclosed + 0.5)) ** 2
}

/** Some cells in apostrophes among others count this much. */
const rareApostrophesScore = 0.5

/** Whether the name of the only column looks like several names that should have been split. */
const isOddHeader = (table: SampleTable, { header }: TableShape): boolean =>
  kindAt(table, table.records[header]!, 0) === CellKind.odd

/** Whether a comment or a blank line separates the preamble from the header. A header of two cells must have names. */
const isSeparated = (table: SampleTable, { header, width }: TableShape, headerLikeness: number): boolean => {
  const record = table.records[header]!
  const before = table.records[header - 1]!
  if (table.bytes[before.start] === hash) return true
  if (record.line - before.line < 2) return false
  // Two sentences with one comma each are not a table of two columns.
  return width > 2 || (headerLikeness >= 0.5 && !hasSpacedDelimiter(table, header, 1))
}

/**
 * How much a record with fewer cells than a proper header counts. Programs omit trailing cells, while a wrong delimiter
 * yields longer records as well.
 */
const shortRecordCredit = 0.5

/**
 * How well a candidate explains the sample, from 0 to 1: the share of records with equally many fields, times how much
 * their cells look like values. Both are needed: a wrong delimiter can occur equally often in every line, but leaves cells
 * that do not look like values.
 */
export const scoreCandidate = (table: SampleTable, shape: TableShape, isDelimiterKnown: boolean): number => {
  const { bytes, candidate } = table
  const isOneColumn = shape.width === 1
  if (shape.records === 0 || (isOneColumn && candidate.delimiter !== -1 && !isDelimiterKnown)) return 0
  // All line feeds are in quotes, so the records end with CR.
  if (candidate.recordEnd === "lf" && table.lineFeeds === 0) return 0
  const consistency = (shape.regular + shortRecordCredit * shape.short) / shape.records
  let product = consistency * consistency * cellScore(table, shape) * quoteScore(table) * prior(candidate)
  if (areApostrophesText(table, shape)) product *= rareApostrophesScore
  if (candidate.delimiter === colon && !isDelimiterKnown) {
    // A single line with a colon is rather a key with its value.
    if (shape.records === 1) return 0
    if (areInTimes(bytes)) product *= 0.5
  }
  if (isOneColumn && candidate.delimiter === -1 && isOddHeader(table, shape)) product *= 0.15
  if (shape.width > 1 && shape.header > 0) {
    product *= Math.sqrt(shape.records / (shape.records + shape.preamble))
    const headerLikeness = headerScore(table, shape)
    product *= isSeparated(table, shape, headerLikeness) ? Math.max(0.8, headerLikeness) : headerLikeness
  }
  return product
}
