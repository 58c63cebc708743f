import { asciiText, spacesEnd, spacesStart } from "../../../Bytes/Ascii.ts"
import { moment } from "../Moment.ts"
import { isClock, readTime, typeOfTime } from "../TimeKind.ts"
import type { Encoder } from "./Encoder.ts"
import { writeHalves, writeSum } from "./int64.ts"
import { readOtherClock, readOtherTime } from "./readOtherTime.ts"

/** Ranges of Postgres, in days and seconds from 2000-01-01 (documentation, 8.5). */
const firstDay = -2_451_545
const dateEnd = 2_145_031_949
const secondsOfDay = 86_400
const timestampEnd = 9_223_371_331_200

/** No accepted text is longer. */
const longestText = 48

/** The values after and before all others. */
const infinity = "infinity"
const minusInfinity = "-infinity"

/** Writes the day in `moment` as a `date`: the days from 2000-01-01. */
export const writeDate = (out: DataView, at: number): number => {
  if (moment.days < firstDay || moment.days >= dateEnd) return -1
  out.setInt32(at, moment.days)
  return at + 4
}

/** Writes the time in `moment` as a `timestamp` or `timestamptz`: the microseconds from 2000-01-01, in UTC. */
export const writeTimestamp = (out: DataView, at: number): number => {
  const seconds = moment.days * secondsOfDay + moment.seconds - 60 * moment.offsetMinutes
  if (seconds < firstDay * secondsOfDay || seconds >= timestampEnd) return -1
  const high = Math.floor(seconds / 65_536)
  return writeSum(out, at, high * 1e6, (seconds - high * 65_536) * 1e6 + moment.micros)
}

/** Writes the time of day in `moment` as a `time`: the microseconds since midnight. */
export const writeTime = (out: DataView, at: number): number =>
  writeSum(out, at, 0, moment.seconds * 1e6 + moment.micros)

/** `bytes[from, to)` without spaces around it, as a string; empty if it is too long for a date or time. */
const shortText = (bytes: Uint8Array, from: number, to: number): string => {
  const begin = spacesEnd(bytes, from, to)
  const end = spacesStart(bytes, begin, to)
  return end - begin > longestText ? "" : asciiText(bytes, begin, end)
}

/** Days of the calendar, `infinity` and `-infinity`. */
export const encodeDate: Encoder = (bytes, from, to, out, at) => {
  const facts = readTime(bytes, from, to)
  if (facts !== 0) return typeOfTime(facts) === "date" ? writeDate(out, at) : -1
  const text = shortText(bytes, from, to)
  if (text === infinity || text === minusInfinity) {
    out.setInt32(at, text === infinity ? 0x7fffffff : -0x80000000)
    return at + 4
  }
  const parts = readOtherTime(text)
  return parts === null || parts.hasClock || parts.hasOffset ? -1 : writeDate(out, at)
}

const encodeOtherTimestamp = (text: string, hasOffset: boolean, out: DataView, at: number): number => {
  if (text === infinity) return writeHalves(out, at, 0x7fffffff, -1)
  if (text === minusInfinity) return writeHalves(out, at, -0x80000000, 0)
  const parts = readOtherTime(text)
  return parts === null || parts.hasOffset !== hasOffset || (hasOffset && !parts.hasClock)
    ? -1
    : writeTimestamp(out, at)
}

/** Dates with or without a time of day, without an offset, `infinity` and `-infinity`. */
export const encodeTimestamp: Encoder = (bytes, from, to, out, at) => {
  const facts = readTime(bytes, from, to)
  if (facts === 0) return encodeOtherTimestamp(shortText(bytes, from, to), false, out, at)
  return typeOfTime(facts) === "timestamptz" ? -1 : writeTimestamp(out, at)
}

/** Dates with a time of day and an offset, `infinity` and `-infinity`. */
export const encodeTimestamptz: Encoder = (bytes, from, to, out, at) => {
  const facts = readTime(bytes, from, to)
  if (facts === 0) return encodeOtherTimestamp(shortText(bytes, from, to), true, out, at)
  return typeOfTime(facts) === "timestamptz" ? writeTimestamp(out, at) : -1
}

/** Times of day, to 24:00. */
export const encodeTime: Encoder = (bytes, from, to, out, at) => {
  if (!isClock(bytes, from, to)) {
    const text = shortText(bytes, from, to)
    if (!/^\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?$/.test(text) || !readOtherClock(text)) return -1
  }
  return writeTime(out, at)
}
