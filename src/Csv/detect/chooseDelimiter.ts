import { colon, space, tab } from "../../Bytes/Ascii.ts"
import type { ChosenReading } from "./chooseReading.ts"
import { looksLikeRecord } from "./cost/cellTypes.ts"
import { hasTypedColumn } from "./header/recordCells.ts"
import type { ComparedCandidate } from "./compareDelimiters.ts"
import type { Candidate } from "./table/Candidate.ts"
import type { ScoredCandidate } from "./tryCandidates.ts"

/** The best-scoring candidate of each delimiter. */
export const bestOfDelimiters = (scores: ReadonlyArray<ScoredCandidate>): ReadonlyArray<Candidate> => {
  const best = new Map<number, ScoredCandidate>()
  for (const one of scores) {
    const other = best.get(one.candidate.delimiter)
    if (one.score > 0 && (other === undefined || one.score > other.score))
      best.set(one.candidate.delimiter, one)
  }
  return [...best.values()].map(({ candidate }) => candidate)
}

/** A delimiter with a lower score than another is chosen if the sample takes this many bits less with it. */
const clearBits = 15
/** Prose has delimiters as well, so they split one column only without spaces after them, and with few misfits. */
const clearBitsFromOneColumn = 30
const maxShareOfMisfits = 0.1
/** Fewer records show too little. */
const minComparedRecords = 3

/** Whether the lines above the header are rather titles than a name and its values: words, or set off. */
const areTitles = ({ reading: { header }, sample: { records, table } }: ChosenReading): boolean =>
  records[header]!.isAfterBlank ||
  records.slice(0, header).some(({ end, start }) => table.bytes.subarray(start, end).includes(space))

/**
 * Whether the header is split as well, unless there is nothing to split, and below titles. Tabs are hardly in values.
 */
const hasSplitHeader = (chosen: ChosenReading): boolean => {
  const { reading, sample } = chosen
  const { end, header } = reading
  if (sample.table.candidate.delimiter === tab) return true
  if (header > 0)
    return !looksLikeRecord(sample, reading, header) && (areTitles(chosen) || hasTypedColumn(sample, reading))
  return (
    sample.records[0]!.width > 1 ||
    2 * sample.filled.subarray(0, end).filter((cells) => cells > 1).length < end
  )
}

const splitsCleanly = (chosen: ChosenReading): boolean => {
  const { reading, sample } = chosen
  return (
    reading.misfits <= maxShareOfMisfits * reading.records &&
    hasSplitHeader(chosen) &&
    !sample.records.slice(reading.header, reading.end).some(({ spaced }) => spaced > 0)
  )
}

/** Whether every line is part of the table, and all have its width. In dates and prose, delimiters have a space behind them. */
const isRegular = ({
  reading: { end, header, misfits, width },
  sample: { records },
}: ChosenReading): boolean =>
  width > 1 &&
  header === 0 &&
  misfits === 0 &&
  end === records.length &&
  records.every((record) => record.width === width && record.malformed === 0) &&
  records.some(({ spaced }) => spaced <= 0)

/** Whether only the first of several lines has the delimiter, once, so that no record would fit. */
const splitsOnlyFirst = ({ sample: { records } }: ChosenReading): boolean =>
  records.length > 2 && records.every(({ width }, index) => width === (index === 0 ? 2 : 1))

/**
 * The delimiter with the best score, or a clearly cheaper one. Colons are in times and links, so they need the best score. A
 * delimiter that splits every line alike gives way only to another that does, and one that splits no record to one column.
 */
export const chooseDelimiter = (scored: number, compared: ReadonlyArray<ComparedCandidate>): number => {
  const own = compared.find(({ candidate }) => candidate.delimiter === scored)
  if (own?.chosen != null && splitsOnlyFirst(own.chosen)) return -1
  const isOwnRegular = own?.chosen != null && isRegular(own.chosen)
  const best = compared.find(
    ({ candidate: { delimiter }, chosen }) =>
      delimiter !== -1 && delimiter !== colon && chosen !== null && (!isOwnRegular || isRegular(chosen)),
  )
  if (best?.chosen == null || best.chosen.records < minComparedRecords) return scored
  if (scored === -1 && !splitsCleanly(best.chosen)) return scored
  const margin = scored === -1 ? clearBitsFromOneColumn : clearBits
  return best.bits + margin < (own?.bits ?? Infinity) ? best.candidate.delimiter : scored
}
