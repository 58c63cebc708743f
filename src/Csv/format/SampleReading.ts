import { joinBytes } from "../../Bytes/joinBytes.ts"
import { noBytes } from "../../Bytes/noBytes.ts"
import { byteOf } from "../record/Dialect.ts"
import { usualDelimiters } from "../detect/table/Candidate.ts"
import { readSample } from "../detect/table/readSample.ts"
import type { SampleRecord, SampleTable } from "../detect/table/SampleTable.ts"
import type { Sample } from "../record/Sample.ts"
import type { TextRewriter } from "../rewrite/TextRewriter.ts"

export interface SampleDialect {
  readonly delimiter: string
  readonly quote: string | null
  /** The default: quotes are doubled. */
  readonly escape?: string
}

/** The sample in one dialect. */
export const readAs = (
  { bytes, isWhole }: Sample,
  { delimiter, quote, escape = quote ?? '"' }: SampleDialect,
): SampleTable =>
  readSample(
    bytes,
    {
      delimiter: byteOf(delimiter),
      quote: byteOf(quote),
      escape: byteOf(escape),
      skipInitialSpace: false,
      recordEnd: "any",
    },
    isWhole,
  )

/** The sample as a rewriter changes it. */
export const rewrittenSample = ({ bytes, isWhole }: Sample, rewriter: TextRewriter): Sample => ({
  bytes: joinBytes(rewriter.push(bytes), isWhole ? rewriter.finish() : noBytes),
  isWhole,
})

/** Lines of one cell before the table, which may be titles, and after it. */
const maxTitles = 10
const maxNotes = 3

const areEven = (records: ReadonlyArray<SampleRecord>): boolean =>
  records.every(({ malformed, width }) => malformed === 0 && width === records[0]!.width)

/** The records if all have the same number of fields, except for titles and notes of one cell; else none. */
export const evenRecords = ({ records }: SampleTable): ReadonlyArray<SampleRecord> => {
  let from = 0
  let to = records.length
  while (from < Math.min(to, maxTitles) && records[from]!.width === 1) from++
  while (to > from && records.length - to < maxNotes && records[to - 1]!.width === 1) to--
  const table = records.slice(from, to)
  return 2 * table.length > records.length && areEven(table) ? table : []
}

/** The number of fields of all records; 0 if they differ. */
export const evenWidth = (table: SampleTable): number => evenRecords(table)[0]?.width ?? 0

/** The largest number of fields that a usual delimiter splits every record into; 1 if none does. */
export const usualWidth = (sample: Sample, except = ""): number =>
  Math.max(
    1,
    ...usualDelimiters
      .filter((delimiter) => !except.includes(delimiter) && sample.bytes.includes(byteOf(delimiter)))
      .map((delimiter) => readAs(sample, { delimiter, quote: '"' }).records)
      .map((records) => (areEven(records) ? (records[0]?.width ?? 0) : 0)),
  )
