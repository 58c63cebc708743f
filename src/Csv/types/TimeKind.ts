import { colon, digitsEnd, minus, plus, point, space, zero } from "../../Bytes/Ascii.ts"
import type { ColumnType } from "../../Domain/load/columns/ColumnType.ts"
import { daysOf, isDay, moment } from "./Moment.ts"
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
/** `HH:MM`, and `:SS` after it. */
const clockLength = 5
const secondsLength = 3

/** The two digits at `at` as a number; -1 if they are not digits. */
const two = (bytes: Uint8Array, at: number): number => {
  const tens = bytes[at]! - zero
  const ones = bytes[at + 1]! - zero
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : -1
}

/** Whether the 10 bytes at `from` are a date of the Gregorian calendar, years 1 to 9999. Reads it into `moment`. */
const readDate = (bytes: Uint8Array, from: number): boolean => {
  if (bytes[from + 4] !== minus || bytes[from + 7] !== minus) return false
  const century = two(bytes, from)
  const yearOfCentury = two(bytes, from + 2)
  const month = two(bytes, from + 5)
  const day = two(bytes, from + 8)
  if (century < 0 || yearOfCentury < 0) return false
  const year = 100 * century + yearOfCentury
  if (year === 0 || !isDay(year, month, day)) return false
  moment.days = daysOf(year, month, day)
  return true
}

/** The facts about the decimal places `bytes[from, to)`. Reads them into `moment`. */
const readFraction = (bytes: Uint8Array, from: number, to: number): number => {
  const count = to - from
  if (count === 0 || count > maxFractionDigits) return 0
  for (let digit = 0; digit < maxFractionDigits; digit++)
    moment.micros = 10 * moment.micros + (digit < count ? bytes[from + digit]! - zero : 0)
  if (bytes[to - 1] !== zero) return withDigits(count) | trimmed | digitsOrNothing(count)
  let at = from
  while (at < to && bytes[at] === zero) at++
  return at === to ? withDigits(count) : withDigits(count) | digitsOrNothing(count)
}

/** The offset `bytes[from, to)`; 0 if it is not one. Reads it into `moment`. */
const readOffset = (bytes: Uint8Array, from: number, to: number): number => {
  const length = to - from
  if (length === 0) return offset(Style.none)
  const sign = bytes[from]!
  if (length === 1) return sign === 0x5a ? offset(Style.z) : 0
  if (sign !== plus && sign !== minus) return 0
  const hours = two(bytes, from + 1)
  if (length < 3 || hours < 0 || hours > maxOffsetHours) return 0
  const isNegative = sign === minus ? 1 : 0
  moment.offsetMinutes = 60 * (isNegative ? -hours : hours)
  if (length === 3) return offset(Style.hours, isNegative, hours)
  const hasColon = bytes[from + 3] === colon
  if (length !== (hasColon ? 6 : 5)) return 0
  const minutes = two(bytes, to - 2)
  if (minutes < 0 || minutes > 59) return 0
  moment.offsetMinutes += isNegative ? -minutes : minutes
  return offset(hasColon ? Style.hoursColonMinutes : Style.hoursMinutes, isNegative, hours, minutes)
}

/** Where the last `readClock` ended. */
let clockEnd = 0

/** The facts about the seconds of the time of day at `from`; 0 if it is none. Reads it into `moment`. */
const readClock = (bytes: Uint8Array, from: number, to: number): number => {
  const hours = two(bytes, from)
  const minutes = two(bytes, from + 3)
  if (
    to - from < clockLength ||
    hours < 0 ||
    hours > 23 ||
    bytes[from + 2] !== colon ||
    minutes < 0 ||
    minutes > 59
  )
    return 0
  moment.seconds = 3600 * hours + 60 * minutes
  moment.micros = 0
  clockEnd = from + clockLength
  if (to - from < clockLength + secondsLength || bytes[clockEnd] !== colon) return withoutSeconds
  const seconds = two(bytes, clockEnd + 1)
  if (seconds < 0 || seconds > 59) return 0
  moment.seconds += seconds
  clockEnd += secondsLength
  if (clockEnd === to || bytes[clockEnd] !== point) return withDigits(0) | trimmed | anyDigitsOrNothing
  const start = clockEnd + 1
  clockEnd = digitsEnd(bytes, start, to)
  return readFraction(bytes, start, clockEnd)
}

/** Whether `bytes[from, to)` is a time of day and nothing else. Reads it into `moment`. */
export const isClock = (bytes: Uint8Array, from: number, to: number): boolean =>
  readClock(bytes, from, to) !== 0 && clockEnd === to

/** The facts about a date or time alone; 0 if it is none. Reads it into `moment`. */
export const readTime = (bytes: Uint8Array, from: number, to: number): number => {
  const length = to - from
  if (length < dateLength || !readDate(bytes, from)) return 0
  moment.seconds = 0
  moment.micros = 0
  moment.offsetMinutes = 0
  if (length === dateLength) return dateFacts
  const separator = bytes[from + dateLength]
  if (separator !== space && separator !== 0x54) return 0
  const fraction = readClock(bytes, from + dateLength + 1, to)
  if (fraction === 0) return 0
  const zone = readOffset(bytes, clockEnd, to)
  return zone === 0 ? 0 : fraction | (separator === space ? blank : letterT) | (zone << offsetShift)
}

/** The type of a value with these facts. */
export const typeOfTime = (facts: number): ColumnType => {
  const style = (facts >> offsetShift) & 7
  if (style === Style.date) return "date"
  return style === Style.none ? "timestamp" : "timestamptz"
}

const padded = (number: number): string => String(number).padStart(2, "0")

/** The text of an offset, and the interval that it is. */
const printedOffset = (zone: number): readonly [text: string, interval: string] => {
  const sign = (zone & 8) === 0 ? "+" : "-"
  const hours = padded((zone >> 4) & 15)
  const minutes = padded(zone >> 8)
  const interval = `${sign}${hours}:${minutes}`
  const texts: Readonly<Record<number, string>> = {
    [Style.z]: "Z",
    [Style.hours]: `${sign}${hours}`,
    [Style.hoursMinutes]: `${sign}${hours}${minutes}`,
    [Style.hoursColonMinutes]: interval,
  }
  return [texts[zone & 7] ?? "", interval]
}

/** The SQL expression for the text of a timestamp without its offset, by a format of the seconds that is left. */
const printedTime = (facts: number, time: string): string => {
  const separator = (facts & blank) === 0 ? "T" : " "
  const printed = (clock: string): string => `to_char(${time}, 'YYYY-MM-DD"${separator}"${clock}')`
  if ((facts & withoutSeconds) !== 0) return printed("HH24:MI")
  if ((facts & trimmed) !== 0) return `replace(${time}::text, ' ', '${separator}')`
  if ((facts & withDigits(0)) !== 0) return printed("HH24:MI:SS")
  const digits = [1, 2, 3, 4, 5, 6]
  const fixed = digits.find((count) => (facts & withDigits(count)) !== 0)
  if (fixed !== undefined) return printed(`HH24:MI:SS.FF${fixed}`)
  const optional = digits.find((count) => (facts & digitsOrNothing(count)) !== 0)
  return `${printed("HH24:MI:SS")} || case when ${time} = date_trunc('second', ${time}) then '' else to_char(${time}, '.FF${optional}') end`
}

const original = (facts: number, name: string): string => {
  const type = typeOfTime(facts)
  if (type === "date") return `${name}::text`
  if (type === "timestamp") return printedTime(facts, name)
  const [text, interval] = printedOffset(facts >> offsetShift)
  return `${printedTime(facts, `(${name} at time zone interval '${interval}')`)} || '${text}'`
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
    const value = readTime(bytes, from, to)
    const zone = value >> offsetShift
    const known = facts >> offsetShift
    const formats = facts & value & (anyFraction | anySeparator)
    const fits = (formats & anyFraction) !== 0 && (formats & anySeparator) !== 0
    return fits && (known === 0 || known === zone) ? formats | (zone << offsetShift) : 0
  },
  type: typeOfTime,
  original,
}
