import { ByteClass, byteClasses } from "../cell/ByteClass.ts"
import { CellKind } from "../cell/CellKind.ts"
import { Counts } from "./Counts.ts"
import { type MeasuredSample, startsWithHash } from "./MeasuredSample.ts"

/** Bits of a record that differs from the table, beside those of its cells. */
const malformedBits = 14
const undoubledBits = 8
/** A blank line before a record, in a table where such lines are usual. */
const blankLineBits = 1
const surplusEmptyBits = 10
const shortBits = 8
const missingCellBits = 2.5
const surplusBits = 10
const surplusCellBits = 10
const rejectBits = 12
const emptyRecordBits = 6
const commentBits = 1.5
const commentWidthBits = 6

/** Compared bytes at each end of two cells. Longer agreement saves no more. */
const maxShared = 256

/** What keys are counted for. */
const Tag = { width: 0, line: 1, value: 2, shape: 3, length: 4, initial: 5 } as const

const keyOf = (column: number, tag: number, value: number): number =>
  Math.imul(value ^ Math.imul(column * 8 + tag + 1, 0x9e3779b1), 0x85ebca6b)

/** The width of a record without surplus cells that are empty. */
export const widthWithin = ({ filled, records }: MeasuredSample, index: number, width: number): number => {
  const cells = records[index]!.width
  return cells <= width ? cells : Math.max(width, filled[index]!)
}

export interface CodedBody {
  /** Bits of the records from each index to the end. */
  readonly below: Float64Array
  /** Bits of the blank line before each record, which are part of `below`. */
  readonly blanks: Float64Array
  /** 1 for each column without values. */
  readonly isHollow: Uint8Array
}

/**
 * The bits of records as rows of a table: cells by the values and formats of their column so far. Records are coded from the
 * last to the first, so one pass returns the bits below every possible header.
 */
export class BodyCoder {
  readonly #sample: MeasuredSample
  readonly #counts: Counts
  /** Per column: cells, different values, new values, formats, and the last new cell (-1: none). */
  #cells = new Int32Array(0)
  #values = new Int32Array(0)
  #news = new Int32Array(0)
  #shapes = new Int32Array(0)
  #last = new Int32Array(0)

  constructor(sample: MeasuredSample) {
    this.#sample = sample
    this.#counts = new Counts(4 * sample.kind.length + 2 * sample.records.length)
  }

  /** Codes `records[0, end)` as a table of this width. */
  code(width: number, end: number): CodedBody {
    const sample = this.#sample
    const { filled, firstCell, lineBits, lineHash, records } = sample
    const counts = this.#counts
    counts.clear()
    this.#cells = new Int32Array(width)
    this.#values = new Int32Array(width)
    this.#news = new Int32Array(width)
    this.#shapes = new Int32Array(width)
    this.#last = new Int32Array(width).fill(-1)
    const below = new Float64Array(end + 1)
    const blanks = new Float64Array(end + 1)
    const isHollow = new Uint8Array(width).fill(1)
    let widths = 0
    let lines = 0
    let coded = 0
    let blankLines = 0
    for (let index = end - 1; index >= 0; index--) {
      const record = records[index]!
      const cells = record.width
      const sameWidth = counts.add(keyOf(0, Tag.width, cells))
      const sameLine = counts.add(keyOf(0, Tag.line, lineHash[index]!))
      if (sameLine === 0) lines++
      let bits = 0
      if (sameLine > 0 && cells === width) bits = 1 - Math.log2(sameLine / (coded + lines))
      else {
        bits = coded === 0 ? 0.5 : -Math.log2((sameWidth === 0 ? 0.5 : sameWidth) / (coded + widths + 0.5))
        bits += malformedBits * record.malformed + undoubledBits * record.undoubled
        const first = firstCell[index]!
        if (cells === width) bits += this.#rowBits(first, width)
        else if (cells < width && startsWithHash(sample, index))
          bits = Math.min(bits, commentWidthBits) + lineBits[index]! + commentBits
        else if (widthWithin(sample, index, width) === width)
          bits += surplusEmptyBits + this.#rowBits(first, width)
        else {
          const rejected = rejectBits + lineBits[index]!
          let repaired = surplusBits
          if (cells < width) repaired = shortBits + missingCellBits * (width - cells)
          else
            for (let cell = first + width; cell < first + cells; cell++)
              repaired += surplusCellBits + this.#textBits(cell)
          if (repaired < rejected) repaired += this.#rowBits(first, Math.min(width, cells))
          bits += Math.min(repaired, rejected)
        }
        if (cells > 1 && filled[index] === 0) bits += emptyRecordBits
        for (let column = 0; column < Math.min(width, filled[index]!); column++)
          if (sample.kind[first + column] !== CellKind.empty) isHollow[column] = 0
      }
      if (record.isAfterBlank)
        bits += blanks[index] = blankLineBits - Math.log2((blankLines++ + 0.5) / (coded + 1))
      if (sameWidth === 0) widths++
      coded++
      below[index] = below[index + 1]! + bits
    }
    return { below, blanks, isHollow }
  }

  #textBits(cell: number): number {
    const { from, text, to } = this.#sample
    return text.bits(from[cell]!, to[cell]!)
  }

  #rowBits(first: number, width: number): number {
    let bits = 0
    for (let column = 0; column < width; column++) bits += this.#cellBits(column, first + column)
    return bits
  }

  #cellBits(column: number, cell: number): number {
    const { eachTimeBits, firstUseBits, from, kind, shape, to, value } = this.#sample
    const counts = this.#counts
    const isEmpty = kind[cell] === CellKind.empty
    const coded = this.#cells[column]!++
    const values = this.#values[column]!
    let bits = eachTimeBits[cell]!
    const sameValue = counts.add(keyOf(column, Tag.value, value[cell]!))
    if (sameValue === 0) this.#values[column] = values + 1
    if (sameValue > 0 && !isEmpty) return bits - Math.log2(sameValue / (coded + values))
    if (coded > 0 && !isEmpty) bits -= Math.log2((values + 0.5) / (coded + values))
    const news = this.#news[column]!++
    const shapes = this.#shapes[column]!
    const sameShape = counts.add(keyOf(column, Tag.shape, shape[cell]!))
    if (sameShape > 0) bits -= Math.log2(sameShape / (news + shapes))
    else {
      if (shapes > 0) bits -= Math.log2((shapes + 0.5) / (news + shapes + 0.5))
      bits += firstUseBits[cell]!
      this.#shapes[column] = shapes + 1
    }
    if (isEmpty) return bits
    const length = to[cell]! - from[cell]!
    const sameLength = counts.add(keyOf(column, Tag.length, shape[cell]! ^ Math.imul(length, 0x27d4eb2f)))
    bits +=
      sameLength > 0
        ? -Math.log2(sameLength / (sameShape + 1))
        : Math.log2(sameShape + 1) + 2 * Math.log2(length + 1)
    bits += this.#initialBits(column, cell) + this.#newTextBits(this.#last[column]!, cell)
    this.#last[column] = cell
    return bits
  }

  /** The bits of a first letter being small or capital, as in the column so far. */
  #initialBits(column: number, cell: number): number {
    const { from, kind, table } = this.#sample
    if (kind[cell]! < CellKind.word || byteClasses[table.bytes[from[cell]!]!] !== ByteClass.letter) return 0
    const isSmall = table.bytes[from[cell]!]! >= 0x61 ? 1 : 0
    const same = this.#counts.add(keyOf(column, Tag.initial, isSmall))
    const all = same + this.#counts.get(keyOf(column, Tag.initial, 1 - isSmall))
    return all === 0 ? 0 : -Math.log2((same + 0.25) / (all + 0.5))
  }

  /** The bits of a new text: all of it, or what is between a beginning and end shared with the cell before. */
  #newTextBits(before: number, cell: number): number {
    const { from, table, text, to } = this.#sample
    const { bytes } = table
    const start = from[cell]!
    const end = to[cell]!
    const full = text.bits(start, end)
    if (before < 0) return full
    const otherStart = from[before]!
    const otherEnd = to[before]!
    const most = Math.min(end - start, otherEnd - otherStart, maxShared)
    let head = 0
    while (head < most && bytes[start + head] === bytes[otherStart + head]) head++
    let tail = 0
    while (tail < most - head && bytes[end - 1 - tail] === bytes[otherEnd - 1 - tail]) tail++
    if (head + tail < 2) return full
    const perEnd = 0.5 * Math.log2(end - start + 1)
    const ends = (head > 0 ? perEnd : 0) + (tail > 0 ? perEnd : 0)
    return Math.min(full, 1 + ends + text.bits(start + head, end - tail))
  }
}
