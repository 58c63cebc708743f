import { BodyCoder, type CodedBody, widthWithin } from "./BodyCoder.ts"
import { headerBits } from "./headerBits.ts"
import { type MeasuredSample, startsWithHash } from "./MeasuredSample.ts"
import { commentBits, PreambleCost } from "./PreambleCost.ts"

/** Where the table is in the sample. Records are indexes into those of the `MeasuredSample`. */
export interface Reading {
  /** What the sample costs as this table and the lines around it. */
  readonly bits: number
  /** The number of columns. */
  readonly width: number
  /** The header, or the first record of a table without one. */
  readonly header: number
  readonly hasHeader: boolean
  /** The first record of the footer, or the number of all records. */
  readonly end: number
  /** Records of the table that do not have its width, and all of them. */
  readonly misfits: number
  readonly records: number
}

export interface ReadingOptions {
  /** The sample is the whole file. */
  readonly isWhole: boolean
  /** Lines before the header are looked for. */
  readonly hasPreamble: boolean
  /** Whether the first record names the columns; `null` if it is not known. */
  readonly hasHeader: boolean | null
  /** The table may have one column although there is a delimiter. */
  readonly mayBeOneColumn: boolean
}

const columnBits = 1
const noHeaderBits = 9
const noHeaderBelowLinesBits = 12
const noRecordsBits = 30
/** A second line of names or units directly below the header. */
const secondHeaderBits = 10
const footerBits = 6

/** How many records are searched for a header. */
const maxHeaders = 40
/** No header is looked for after skipped lines that cost this much more than the best reading. */
const hopelessBits = 150
/** The widths of the widest record and of the first are those of a table in samples of at most this many records. */
const fewRecords = 60
const maxWidths = 3
const maxFooters = 5

/** The likely numbers of columns. */
const widthsOf = ({ records, table }: MeasuredSample, mayBeOne: boolean): ReadonlyArray<number> => {
  if (table.candidate.delimiter === -1) return [1]
  const counts = new Map<number, number>()
  for (const { malformed, width } of records)
    if (malformed === 0) counts.set(width, (counts.get(width) ?? 0) + 1)
  if (counts.size === 0) counts.set(records[0]!.width, 1)
  const widths = [...counts].toSorted(([a, n], [b, m]) => m - n || b - a).map(([width]) => width)
  const likely = widths.slice(0, maxWidths)
  if (records.length <= fewRecords) likely.push(Math.max(0, ...widths), records[0]!.width)
  return [...new Set(likely)].filter((width) => width > 1 || mayBeOne)
}

/** Where a footer may begin: at records of other widths near the end, and after a blank line. */
const footersOf = (sample: MeasuredSample, width: number): ReadonlyArray<number> => {
  const { records } = sample
  const { length } = records
  const fits = (index: number): boolean => widthWithin(sample, index, width) === width
  const starts = new Set<number>()
  let run = length
  while (run > 0 && length - run < 40 && !fits(run - 1)) run--
  if (run > 0 && run < length) starts.add(run)
  const gaps: Array<number> = []
  for (let index = Math.max(1, length - 15); index < length; index++)
    if (records[index]!.isAfterBlank) gaps.push(index)
  for (const gap of [...gaps.slice(0, 1), ...gaps.slice(-1)]) starts.add(gap)
  for (let index = Math.max(1, length - 25); index < length; index++)
    if (!fits(index) && fits(index - 1)) starts.add(index)
  return [...starts].toSorted((a, b) => b - a).slice(0, maxFooters)
}

/** Adds the readings of `records[0, end)` with every possible header. */
const addReadings = (
  readings: Array<Reading>,
  sample: MeasuredSample,
  { below, blanks, isHollow }: CodedBody,
  table: { readonly width: number; readonly end: number; readonly bits: number },
  { hasHeader, hasPreamble }: ReadingOptions,
): number => {
  const { filled, records } = sample
  const { bits, end, width } = table
  const fitsFrom = new Int32Array(end + 1)
  for (let index = end - 1; index >= 0; index--)
    fitsFrom[index] = fitsFrom[index + 1]! + (widthWithin(sample, index, width) === width ? 1 : 0)
  const valued = isHollow.lastIndexOf(0) + 1
  let best = Infinity
  const preamble = new PreambleCost(sample, width, valued)
  const add = (header: number, first: number, isNamed: boolean, cost: number) => {
    const all = end - first
    readings.push({
      bits: cost,
      width,
      header,
      hasHeader: isNamed,
      end,
      misfits: all - fitsFrom[first]!,
      records: all,
    })
    best = Math.min(best, cost)
  }
  for (let index = 0; index < Math.min(end, maxHeaders); index++) {
    const above = bits + preamble.above(index)
    if (above > best + hopelessBits) break
    const isFull = widthWithin(sample, index, width) === width
    if (filled[index]! > 0) {
      const empty = fitsFrom[index + 1] === 0 && records.length > 1 ? noRecordsBits : 0
      if (hasHeader !== false) {
        const header = headerBits(sample, index, width, isHollow)
        const next = index + 1
        // A blank line directly below the header is usual.
        let body = below[next]! - blanks[next]!
        if (width > 2 && isFull && next < end && records[next]!.width === width)
          body = Math.min(
            body,
            secondHeaderBits + headerBits(sample, next, width, isHollow) + below[next + 1]!,
          )
        add(index, next, true, above + header + body + empty)
      }
      const late = index > 0 ? noHeaderBelowLinesBits : 0
      const none = hasHeader === false ? 0 : noHeaderBits + width + late
      if (isFull) add(index, index, false, above + none + below[index]!)
    }
    if (!hasPreamble) break
    if (width === 1 && !startsWithHash(sample, index)) break
    preamble.add(index)
  }
  return best
}

/** Every likely reading of the sample in its dialect, cheapest first. */
export const readingsOf = (sample: MeasuredSample, options: ReadingOptions): ReadonlyArray<Reading> => {
  const { lineBits, records } = sample
  const coder = new BodyCoder(sample)
  const readings: Array<Reading> = []
  const bestOf = new Map<number, number>()
  const { length } = records
  for (const width of widthsOf(sample, options.mayBeOneColumn)) {
    const table = { width, end: length, bits: columnBits * width }
    bestOf.set(width, addReadings(readings, sample, coder.code(width, length), table, options))
  }
  if (options.isWhole && sample.table.candidate.delimiter !== -1) {
    let best = Math.min(...bestOf.values())
    const widths = [...bestOf].toSorted(([, a], [, b]) => a - b).map(([width]) => width)
    for (const width of widths)
      for (const end of footersOf(sample, width)) {
        let bits = columnBits * width + footerBits
        for (let index = end; index < length; index++) bits += lineBits[index]! + commentBits
        if (bits > best) continue
        best = Math.min(
          best,
          addReadings(readings, sample, coder.code(width, end), { width, end, bits }, options),
        )
      }
  }
  return readings.toSorted((a, b) => a.bits - b.bits)
}
