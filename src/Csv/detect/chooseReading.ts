import { looksLikeRecord } from "./cost/cellTypes.ts"
import { measureExcerpt } from "./cost/Excerpt.ts"
import { maxCells, type MeasuredSample } from "./cost/MeasuredSample.ts"
import { type Reading, type ReadingOptions, readingsOf } from "./cost/readings.ts"
import { isFooterSafe, isHeaderSafe } from "./cost/tableRules.ts"
import type { SampleTable } from "./table/SampleTable.ts"

export interface ChosenReading {
  readonly reading: Reading
  readonly sample: MeasuredSample
  /** The cheapest reading with another header if it is close, even one that skips part of a table; else `null`. */
  readonly rival: Reading | null
  /** All records of the table, of which the sample has a part. */
  readonly records: number
}

export interface ChoiceOptions extends ReadingOptions {
  /** The character of comments that the user gave; -1 for none, `null` if it is detected. */
  readonly comment: number | null
}

/** A reading that takes fewer bits than this more than the chosen one is almost as likely. */
export const closeBits = 15

/** A table of one record shows too little, and one whose header looks like a record is no other reading to warn of. */
const isRival = (sample: MeasuredSample, reading: Reading, other: Reading): boolean =>
  other.header !== reading.header &&
  other.records > 1 &&
  (other.header < reading.header || !looksLikeRecord(sample, other, other.header))

const areMostFitting = ({ misfits, records }: Reading): boolean => misfits === 0 || 2 * misfits < records

/** Records that do not agree with each other say nothing against the header. */
const fitsHeader = ({ records }: MeasuredSample, { hasHeader, header, width }: Reading): boolean =>
  hasHeader && records[header]!.width === width

/**
 * Where the table is in a sample: the reading that describes it in the fewest bits. One that skips part of a table is not
 * considered, and one in which most records do not fit only if there is no other.
 */
export const chooseReading = (table: SampleTable, options: ChoiceOptions): ChosenReading | null => {
  const { comment } = options
  const records =
    comment === null || comment === -1
      ? table.records
      : table.records.filter(({ start }) => table.bytes[start] !== comment)
  const sample = measureExcerpt(table, records, options.isWhole)
  if (sample.records.length === 0) return null
  if (sample.records[0]!.width > maxCells)
    return { reading: firstRecordIsHeader(sample), sample, rival: null, records: records.length }
  const all = readingsOf(sample, options)
  const safe = all.filter(
    (reading) => isFooterSafe(sample, reading) && (!options.hasPreamble || isHeaderSafe(sample, reading)),
  )
  const reading =
    safe.find(areMostFitting) ??
    safe.find((other) => fitsHeader(sample, other)) ??
    safe[0] ??
    firstRecordIsHeader(sample)
  const close = reading.bits + closeBits
  const rival = all.find((other) => other.bits >= close || isRival(sample, reading, other))
  return {
    reading,
    sample,
    rival: rival === undefined || rival.bits >= close ? null : rival,
    records: records.length,
  }
}

/** The reading of a sample without any text, or with a record too wide for a table. */
const firstRecordIsHeader = ({ records }: MeasuredSample): Reading => ({
  bits: 0,
  width: records[0]!.width,
  header: 0,
  hasHeader: true,
  end: records.length,
  misfits: 0,
  records: records.length - 1,
})
