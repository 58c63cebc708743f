import type { ColumnType } from "../../../Domain/load/columns/ColumnType.ts"
import { lenientTime } from "./lenientTime.ts"

const readings = [lenientTime("day first", undefined), lenientTime("month first", undefined)]

/** The usual date formats, other than ISO 8601, with which a value has the type. */
export const fittingFormats = (
  type: ColumnType,
  bytes: Uint8Array,
  from: number,
  to: number,
): ReadonlyArray<string> => {
  const formats = readings.flatMap((reading) => {
    const facts = reading.look(bytes, from, to, reading.begin({ kind: null, facts: 0 }))
    return facts !== 0 && reading.type(facts) === type ? (reading.options(facts, false).dateFormat ?? []) : []
  })
  return [...new Set(formats)]
}
