import type { SampleRecord, SampleTable } from "../table/SampleTable.ts"
import { maxCells, measureSample, type MeasuredSample } from "./MeasuredSample.ts"
import { TextCost } from "./TextCost.ts"

/** More records or bytes would hardly change a reading. */
const maxRecords = 360
const maxBytes = 32 * 1024
/** Records at the beginning that count however long they are. */
const minRecords = 4
/** Records at the end of a whole file, where a footer may be. */
const maxLastRecords = 40
const maxLastBytes = 8 * 1024

/** Measures the first of a table's records, and the last ones of a whole file. */
export const measureExcerpt = (
  table: SampleTable,
  records: ReadonlyArray<SampleRecord>,
  isWhole: boolean,
): MeasuredSample => {
  const start = records[0]?.start ?? 0
  const end = records.at(-1)?.end ?? 0
  let first = 0
  let cells = 0
  while (first < Math.min(records.length, maxRecords)) {
    const record = records[first]!
    if (first >= minRecords && record.end - start > maxBytes) break
    cells += record.width
    if (first > 0 && cells > maxCells) break
    first++
  }
  const firstLast = isWhole ? Math.max(first, records.length - maxLastRecords) : records.length
  let last = records.length
  while (last > firstLast) {
    if (end - records[last - 1]!.start > maxLastBytes) break
    last--
  }
  const ranges: Array<readonly [number, number]> = [[start, records[first - 1]?.end ?? 0]]
  if (last < records.length) ranges.push([records[last]!.start, end])
  const chosen = [...records.slice(0, first), ...records.slice(last)]
  return measureSample(table, new TextCost(table.bytes, ranges), chosen)
}
