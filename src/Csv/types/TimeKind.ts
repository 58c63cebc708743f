import { colon, digitsEnd, minus, plus, point, space, zero } from "../../Bytes/Ascii.ts"
import type { ColumnType } from "../../Domain/load/columns/ColumnType.ts"
import type { ValueKind } from "./ValueKind.ts"

/**
 * The facts about dates and times. The first bits are formats of the seconds, one of which must be left: 0 to 6 decimal
 * places; no seconds; no trailing zeros (as in Postgres); n decimal places, or none if they are all zeros (as in Python),
 * with n from 1 to 6.
 */
const maxFractionDigits = 6
const withDigits = (count: number): number => 1 << count
const withoutSeconds = 1 << 7
const trimmed = 1 << 8
const digitsOrNothing = (count: number): number => 1 << (8 + count)
const anyDigitsOrNothing = 0b111111 << 9
const anyFraction = (1 << 15) - 1
/** The next bits are separators between date and time, one of which must be left. */
const blank = 1 << 15
const letterT = 1 << 16
const anySeparator = blank | letterT
/** The remaining bits are the UTC offset, the same in all values; 0 before the first value. */
const offsetShift = 17

/** The format of an offset, in its lowest three bits. */
const Style = { date: 1, none: 2, z: 3, hours: 4, hoursMinutes: 5, hoursColonMinutes: 6 } as const

const offset = (style: number, sign = 0, hours = 0, minutes = 0): number =>
  style | (sign << 3) | (hours << 4) | (minutes << 8)

const dateFacts = anyFraction | anySeparator | (offset(Style.date) << offsetShift)

/** The largest offset in use is UTC+14. Postgres accepts less than 16 hours. */
const maxOffsetHours = 14

const dateLength = 10
const toMinutesLength = 16
const toSecondsLength = 19

/** The two digits at `at` as a number; -1 if they are not digits. */
const two = (bytes: Uint8Array, at: number): number => {
  const tens = bytes[at]! - zero
  const ones = bytes[at + 1]! - zero
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : -1
}

const daysOfMonth = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

/** Whether the 10 bytes at `from` are a date of the Gregorian calendar, years 1 to 9999. */
const isDate = (bytes: Uint8Array, from: number): boolean => {
  if (bytes[from + 4] !== minus || bytes[from + 7] !== minus) return false
  const century = two(bytes, from)
  const yearOfCentury = two(bytes, from + 2)
  const month = two(bytes, from + 5)
  const day = two(bytes, from + 8)
  if (century < 0 || yearOfCentury < 0 || month < 1 || month > 12 || day < 1) return false
  const year = 100 * century + yearOfCentury
  return year > 0 && (day <= daysOfMonth[month]! || (month === 2 && day === 29 && isLeap(year)))
}

/** The facts about the decimal places `bytes[from, to)`. */
const fractionFacts = (bytes: Uint8Array, from: number, to: number): number => {
  const count = to - from
  if (count === 0 || count > maxFractionDigits) return 0
  if (bytes[to - 1] !== zero) return withDigits(count) | trimmed | digitsOrNothing(count)
  let at = from
  while (at < to && bytes[at] === zero) at++
  return at === to ? withDigits(count) : withDigits(count) | digitsOrNothing(count)
}

/** The offset `bytes[from, to)`; 0 if it is not one. */
const offsetOf = (bytes: Uint8Array, from: number, to: number): number => {
  const length = to - from
  if (length === 0) return offset(Style.none)
  const sign = bytes[from]!
  if (length === 1) return sign === 0x5a ? offset(Style.z) : 0
  if (sign !== plus && sign !== minus) return 0
  const hours = two(bytes, from + 1)
  if (length < 3 || hours < 0 || hours > maxOffsetHours) return 0
  const isNegative = sign === minus ? 1 : 0
  if (length === 3) return offset(Style.hours, isNegative, hours)
  const hasColon = bytes[from + 3] === colon
  if (length !== (hasColon ? 6 : 5)) return 0
  const minutes = two(bytes, to - 2)
  if (minutes < 0 || minutes > 59) return 0
  return offset(hasColon ? Style.hoursColonMinutes : Style.hoursMinutes, isNegative, hours, minutes)
}

const factsOf = (bytes: Uint8Array, from: number, to: number): number => {
  const length = to - from
  if (length < dateLength || !isDate(bytes, from)) return 0
  if (length === dateLength) return dateFacts
  const separator = bytes[from + dateLength]
  if (length < toMinutesLength || (separator !== space && separator !== 0x54)) return 0
  const hours = two(bytes, from + 11)
  const minutes = two(bytes, from + 14)
  if (hours < 0 || hours > 23 || bytes[from + 13] !== colon || minutes < 0 || minutes > 59) return 0
  let end = from + toMinutesLength
  let fraction = withoutSeconds
  if (length >= toSecondsLength && bytes[end] === colon) {
    const seconds = two(bytes, end + 1)
    if (seconds < 0 || seconds > 59) return 0
    end = from + toSecondsLength
    fraction = withDigits(0) | trimmed | anyDigitsOrNothing
    if (end < to && bytes[end] === point) {
      const start = end + 1
      end = digitsEnd(bytes, start, to)
      fraction = fractionFacts(bytes, start, end)
    }
  }
  const zone = offsetOf(bytes, end, to)
  if (fraction === 0 || zone === 0) return 0
  return fraction | (separator === space ? blank : letterT) | (zone << offsetShift)
}

const typeOfStyle = (style: number): ColumnType => {
  if (style === Style.date) return "date"
  return style === Style.none ? "timestamp" : "timestamptz"
}

/**
 * Dates and times of ISO 8601, years 0001 to 9999, in the Gregorian calendar, which Postgres uses for all times too:
 * `YYYY-MM-DD`, perhaps followed by a space or `T` and `HH:MM`, `HH:MM:SS` or the latter with 1 to 6 decimal places. 24:00
 * and second 60 are excluded, because Postgres turns them into the next day or minute. All values must have the same
 * separator, the same format of seconds, and the same offset (`Z`, `+HH`, `+HHMM`, `+HH:MM` or none): a `timestamptz` is an
 * instant, so differing offsets would be lost.
 */
export const timeKind: ValueKind = {
  start: anyFraction | anySeparator,
  look: (bytes, from, to, facts) => {
    const value = factsOf(bytes, from, to)
    const zone = value >> offsetShift
    const known = facts >> offsetShift
    const formats = facts & value & (anyFraction | anySeparator)
    const fits = (formats & anyFraction) !== 0 && (formats & anySeparator) !== 0
    return fits && (known === 0 || known === zone) ? formats | (zone << offsetShift) : 0
  },
  type: (facts) => typeOfStyle((facts >> offsetShift) & 7),
}
