import { maxHeaderIndex } from "./findHeader.ts"
import { hasMostlyNames } from "./RecordTraits.ts"
import type { SampleRecord, SampleTable } from "./SampleTable.ts"

/** A table has one column if it has more than this many records of one field for each of another width. */
const singlesPerWider = 3

const mostFrequentWidth = (records: ReadonlyArray<SampleRecord>): number => {
  const counts = new Map<number, number>()
  let singles = 0
  for (const { isMalformed, width } of records) {
    if (width === 1) singles++
    else if (!isMalformed) counts.set(width, (counts.get(width) ?? 0) + 1)
  }
  let best = 1
  let most = 0
  for (const [width, count] of counts)
    if (count > most || (count === most && width > best)) {
      best = width
      most = count
    }
  return singles > singlesPerWider * most ? 1 : best
}

/**
 * The number of columns: the most frequent width. Lines of two fields above a header of more names are keys and values, and
 * can outnumber the records of a small table. They are ignored if most records from that header on are wider, and there
 * are at least as many of those.
 */
export const tableWidth = (table: SampleTable): number => {
  const { records } = table
  const width = mostFrequentWidth(records)
  if (width !== 2) return width
  const index = records.findIndex((record) => record.width > 2)
  if (index < 1 || index > maxHeaderIndex || !hasMostlyNames(table, records[index]!)) return width
  const below = records.slice(index)
  const wider = mostFrequentWidth(below)
  const count = below.filter((record) => record.width === wider).length
  return wider > 2 && count > 1 && count >= index - 1 && 2 * count > below.length ? wider : width
}
