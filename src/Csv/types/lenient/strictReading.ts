import type { ValueKind } from "../ValueKind.ts"
import { encodeAs, typeCodes } from "../encode/encodeAs.ts"
import { encodingSpace } from "../encode/Encoder.ts"
import { onlyNotation, type Reading, type StrictFacts, Taken } from "./Reading.ts"
import type { ColumnType } from "../../../Domain/load/columns/ColumnType.ts"

const timeTypes = ["date", "time", "timestamp", "timestamptz"] as const

let scratch = new DataView(new ArrayBuffer(0))

/** Whether a given type has the value, without options. */
export const hasType = (type: ColumnType, bytes: Uint8Array, from: number, to: number): boolean => {
  if (type === "text") return true
  const size = to - from + encodingSpace
  if (scratch.byteLength < size) scratch = new DataView(new ArrayBuffer(2 * size))
  return encodeAs(typeCodes[type], bytes, from, to, scratch, 0) !== -1
}

/** Whether any given type of dates or times has the value. */
export const isAnyTime = (bytes: Uint8Array, from: number, to: number): boolean =>
  timeTypes.some((type) => hasType(type, bytes, from, to))

/** A strict kind as a reading of text columns, to find those that are almost of this kind. */
export const strictReading = (name: StrictFacts["kind"], kind: ValueKind): Reading => ({
  ...onlyNotation,
  begin: (strict) => (strict.kind === null ? kind.start : strict.kind === name ? strict.facts : 0),
  look: (bytes, from, to, facts) => (from === to ? 0 : kind.look(bytes, from, to, facts)),
  take: (bytes, from, to, facts) => {
    // Numbers of another spelling, such as 007, may be codes.
    if (name === "number") return hasType("numeric", bytes, from, to) ? Taken.other : Taken.refused
    if (name === "time" && facts === kind.start)
      return isAnyTime(bytes, from, to) ? Taken.other : Taken.refused
    return hasType(name === "boolean" ? name : kind.type(facts), bytes, from, to) ? Taken.same : Taken.refused
  },
  type: kind.type,
  convert: (_, column) => column,
})
