import { addToHash, hashSeed } from "../../../Bytes/addToHash.ts"
import { bar, comma, doubleQuote, hash, space, tab } from "../../../Bytes/Ascii.ts"
import { ByteClass, byteClasses } from "../cell/ByteClass.ts"
import { CellKind } from "../cell/CellKind.ts"
import type { SampleRecord, SampleTable } from "../table/SampleTable.ts"
import { delimiterBits, repeatedDelimiterBits, type TextCost } from "./TextCost.ts"

const semicolon = 0x3b

/** Bits of the first cell of each kind in a column. */
const firstUse = new Float64Array(12)
/** Bits of each cell of a kind, however usual: a cell seldom contains what could be a delimiter. */
const eachTime = new Float64Array(12)
const price = (kind: number, first: number, each: number) => {
  firstUse[kind] = first
  eachTime[kind] = each
}
price(CellKind.empty, 1, 0.3)
price(CellKind.integer, 2, 0)
price(CellKind.number, 3, 0.1)
price(CellKind.date, 4, 0)
price(CellKind.time, 4, 0)
price(CellKind.timestamp, 4, 0)
price(CellKind.link, 4, 0)
price(CellKind.word, 3, 0.3)
price(CellKind.token, 5, 1)
price(CellKind.text, 4, 0.7)
price(CellKind.clauses, 6, 1.6)
price(CellKind.odd, 9, 4)

const spacedBits = 1
const tabBits = 14
const enclosedBits = 8
const halfEnclosedBits = 6
/** An odd number of quotes in a cell or a skipped line. */
const halfQuoteBits = 15
/** A delimiter without a space after it in the only column. */
const unsplitBits = 2

/** More cells take too long. A record with more is measured in part, and its table is refused. */
export const maxCells = 16 * 1024

/** Records of a sample with the costs that do not depend on the reading. Arrays are by cell, or by record. */
export interface MeasuredSample {
  readonly table: SampleTable
  readonly text: TextCost
  readonly records: ReadonlyArray<SampleRecord>
  /** Index of each record's first cell, and the number of all cells after the last. */
  readonly firstCell: Int32Array
  /** Cells of each record up to the last that is not empty. */
  readonly filled: Int32Array
  /** Bits of each record as a skipped line. */
  readonly lineBits: Float64Array
  readonly lineHash: Int32Array
  readonly kind: Uint8Array
  /** What cells of one format share: the kind, the format of dates, the quotes. */
  readonly shape: Int32Array
  readonly value: Int32Array
  readonly from: Int32Array
  readonly to: Int32Array
  readonly firstUseBits: Float64Array
  readonly eachTimeBits: Float64Array
}

const hashOf = (bytes: Uint8Array, from: number, to: number): number => {
  let value = hashSeed
  for (let i = from; i < to; i++) value = addToHash(value, bytes[i]!)
  return value
}

/** The format of a date or time: the number of digits and the signs between them. */
const dateFormat = (bytes: Uint8Array, from: number, to: number): number => {
  let format = hashSeed
  for (let i = from; i < to; i++) {
    const isDigit = byteClasses[bytes[i]!] === ByteClass.digit
    format = addToHash(format, isDigit ? 0x39 : bytes[i]!)
  }
  return format
}

/** The signs in a number: a point, a comma, a percent or currency sign. */
const numberFormat = (bytes: Uint8Array, from: number, to: number): number => {
  let format = 0
  for (let i = from; i < to; i++) {
    const byteClass = byteClasses[bytes[i]!]!
    if (byteClass === ByteClass.point) format |= 1
    else if (byteClass === ByteClass.comma) format |= 2
    else if (byteClass === ByteClass.currency) format |= 4
  }
  return format
}

const count = (bytes: Uint8Array, from: number, to: number, byte: number): number => {
  let found = 0
  for (let i = from; i < to; i++) if (bytes[i] === byte) found++
  return found
}

/** What an odd cell pays beside its kind: for tabs, and for quotes that were not removed. */
export const oddBits = (bytes: Uint8Array, from: number, to: number): number => {
  let bits = tabBits * count(bytes, from, to, tab)
  while (from < to && bytes[from] === space) from++
  while (to > from && bytes[to - 1] === space) to--
  const edges = (bytes[from] === doubleQuote ? 1 : 0) + (bytes[to - 1] === doubleQuote ? 1 : 0)
  if (edges > 0) bits += edges === 2 ? enclosedBits : halfEnclosedBits
  return count(bytes, from, to, doubleQuote) % 2 === 1 ? bits + halfQuoteBits : bits
}

/** Delimiters in the only cell of a record that no space follows. */
const unsplitDelimiters = (bytes: Uint8Array, from: number, to: number): number => {
  let found = 0
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!
    if ((byte === comma || byte === semicolon || byte === bar) && bytes[i + 1] !== space) found++
  }
  return found
}

/** @param records some records of the table, in the ranges of `text` */
export const measureSample = (
  table: SampleTable,
  text: TextCost,
  records: ReadonlyArray<SampleRecord>,
): MeasuredSample => {
  const { bytes, candidate } = table
  const cells = records.reduce((sum, { width }) => sum + Math.min(width, maxCells), 0)
  const firstCell = new Int32Array(records.length + 1)
  const filled = new Int32Array(records.length)
  const lineBits = new Float64Array(records.length)
  const lineHash = new Int32Array(records.length)
  const kind = new Uint8Array(cells)
  const shape = new Int32Array(cells)
  const value = new Int32Array(cells)
  const from = new Int32Array(cells)
  const to = new Int32Array(cells)
  const firstUseBits = new Float64Array(cells)
  const eachTimeBits = new Float64Array(cells)
  let cell = 0
  for (const [index, record] of records.entries()) {
    firstCell[index] = cell
    let plainBits = 0
    let isEmptyBefore = false
    const width = Math.min(record.width, maxCells)
    for (let column = 0; column < width; column++, cell++) {
      const source = record.firstCell + column
      const start = (from[cell] = table.from[source]!)
      const end = (to[cell] = table.to[source]!)
      const cellKind = (kind[cell] = table.kinds[source]!)
      const isQuoted = table.isQuoted[source]!
      const isSpaced = isQuoted === 0 && end - start > 1 && bytes[start] === space
      const format =
        cellKind >= CellKind.date && cellKind <= CellKind.timestamp
          ? dateFormat(bytes, start, end)
          : cellKind === CellKind.number
            ? numberFormat(bytes, start, end)
            : 0
      shape[cell] = addToHash(format, cellKind * 4 + isQuoted * 2 + (isSpaced ? 1 : 0))
      value[cell] = hashOf(bytes, start, end) ^ isQuoted
      firstUseBits[cell] = firstUse[cellKind]!
      let each = eachTime[cellKind]!
      if (cellKind === CellKind.odd) each += oddBits(bytes, start, end)
      if (isSpaced) each += spacedBits
      if (candidate.delimiter === -1 && isQuoted === 0)
        each += unsplitBits * unsplitDelimiters(bytes, start, end)
      eachTimeBits[cell] = each
      if (cellKind !== CellKind.empty) filled[index] = column + 1
      if (column > 0) plainBits += isEmptyBefore ? repeatedDelimiterBits : delimiterBits(candidate.delimiter)
      plainBits += text.bits(start, end)
      isEmptyBefore = end === start
    }
    const { end, malformed, start } = record
    const bits = malformed > 0 ? text.bits(start, end) : plainBits
    const hasHalfQuote = count(bytes, start, end, doubleQuote) % 2 === 1
    lineBits[index] = bits + 3 + 0.3 * Math.sqrt(end - start) + (hasHalfQuote ? halfQuoteBits : 0)
    lineHash[index] = hashOf(bytes, start, end)
  }
  firstCell[records.length] = cell
  return {
    table,
    text,
    records,
    firstCell,
    filled,
    lineBits,
    lineHash,
    kind,
    shape,
    value,
    from,
    to,
    firstUseBits,
    eachTimeBits,
  }
}

/** Whether the record begins with the comment sign. */
export const startsWithHash = ({ table: { bytes }, records }: MeasuredSample, index: number): boolean =>
  bytes[records[index]!.start] === hash
