import { hash } from "../../../Bytes/Ascii.ts"
import { CellKind } from "../cell/CellKind.ts"
import { widthWithin } from "./BodyCoder.ts"
import { type MeasuredSample, oddBits, startsWithHash } from "./MeasuredSample.ts"

const malformedBits = 14
const nameBits = 1
/** Longer names are rare. */
const usualLength = 24
const longNameBits = (length: number): number => 2 * Math.log2(Math.max(1, length / usualLength))
/** Beside the text of a name that is not a plain one. */
const numberBits = 8
const yearBits = 4
const typedBits = 5
const oddNameBits = 8
const clausesBits = 3
const sameNameBits = 6
/** Names that are missing: over a column without values, over values, between names, after the last name. */
const noNameOverNothingBits = 4
const noNameBits = 8
const emptyBetweenBits = 4
const emptyAtEndBits = 8
const surplusNameBits = 12
/** One name alone over a wide table. */
const loneNameBits = 14
const hashBits = 2

/** Whether the cell is a year from 1800 to 2099. */
export const isYear = ({ from, kind, table: { bytes }, to }: MeasuredSample, cell: number): boolean => {
  const start = from[cell]!
  if (kind[cell] !== CellKind.integer || to[cell]! - start !== 4) return false
  const century = (bytes[start]! - 0x30) * 10 + bytes[start + 1]! - 0x30
  return century >= 18 && century <= 20
}

/** The bits of a name beside its text. */
const kindBits = (sample: MeasuredSample, cell: number): number => {
  switch (sample.kind[cell]) {
    case CellKind.integer:
    case CellKind.number:
      return isYear(sample, cell) ? yearBits : numberBits
    case CellKind.date:
    case CellKind.time:
    case CellKind.timestamp:
    case CellKind.link:
      return typedBits
    case CellKind.odd:
      return oddNameBits + oddBits(sample.table.bytes, sample.from[cell]!, sample.to[cell]!)
    case CellKind.clauses:
      return clausesBits
    default:
      return 0
  }
}

/**
 * The bits of a record as the names of a table's columns.
 *
 * @param isHollow 1 for each column without values
 */
export const headerBits = (
  sample: MeasuredSample,
  index: number,
  width: number,
  isHollow: Uint8Array,
): number => {
  const { filled, firstCell, from, kind, records, table, text, to, value } = sample
  const record = records[index]!
  const first = firstCell[index]!
  const last = filled[index]!
  const textBits = (cell: number): number => text.bits(from[cell]!, to[cell]!)
  const names = new Set<number>()
  let bits = malformedBits * record.malformed
  let named = 0
  for (let column = 0; column < width; column++) {
    const cell = first + column
    if (column >= record.width) bits += isHollow[column] === 1 ? noNameOverNothingBits : noNameBits
    else if (kind[cell] === CellKind.empty)
      bits +=
        isHollow[column] === 1 ? noNameOverNothingBits : column >= last ? emptyAtEndBits : emptyBetweenBits
    else {
      named++
      bits += nameBits + textBits(cell) + kindBits(sample, cell) + longNameBits(to[cell]! - from[cell]!)
      if (names.has(value[cell]!)) bits += sameNameBits
      names.add(value[cell]!)
    }
  }
  const surplus = widthWithin(sample, index, width)
  for (let column = width; column < record.width; column++)
    bits += column < surplus ? surplusNameBits + textBits(first + column) : emptyAtEndBits
  if (named <= 1 && (width > 2 || record.width < width)) bits += loneNameBits
  const length = to[first]! - from[first]!
  const isOnlyHash = length === 1 && table.bytes[from[first]!] === hash
  return startsWithHash(sample, index) && !isOnlyHash ? bits + hashBits : bits
}
