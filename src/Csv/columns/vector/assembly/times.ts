import { digitsAt, firstOf, otherThanDigits, pairsOf, store64, wholeOf } from "./digits"

const none: i32 = -1
const zero: u32 = 0x30
const minus: u32 = 0x2d
const plus: u32 = 0x2b
const point: u32 = 0x2e
const colon: u32 = 0x3a
const space: u32 = 0x20
const letterT: u32 = 0x54
const letterZ: u32 = 0x5a

/** The facts about a column of times, as in src/Csv/types/TimeKind.ts. 0: any format will do. */
const withoutSeconds: i32 = 1 << 7
const trimmed: i32 = 1 << 8
const anyDigitsOrNothing: i32 = 0b111111 << 9
const blankSeparator: i32 = 1 << 15
const letterSeparator: i32 = 1 << 16
const formats: i32 = (1 << 17) - 1
const offsetShift: i32 = 17

/** The style of an offset. */
const noOffset: i32 = 2
const offsetZ: i32 = 3
const offsetHours: i32 = 4
const offsetHoursMinutes: i32 = 5
const offsetHoursColonMinutes: i32 = 6
const maxOffsetHours: i32 = 14

const dateLength: i32 = 10
const clockLength: i32 = 5

/** Days from 0000-03-01 to 2000-01-01. */
const epoch: i32 = 730_425

/** The numbers of two digits in `YYYY-MM-DD HH:MM`. */
@inline
function numbersOf(digits: v128): v128 {
  return pairsOf(i8x16.swizzle(digits, i8x16(0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, -1, -1, -1, -1)))
}

/** Days from 2000-01-01 to the date of these pairs; the smallest integer if the Gregorian calendar does not have it. */
@inline
function daysOf(numbers: v128): i32 {
  const year = 100 * <i32>i16x8.extract_lane_u(numbers, 0) + <i32>i16x8.extract_lane_u(numbers, 1)
  const month = <i32>i16x8.extract_lane_u(numbers, 2)
  const day = <i32>i16x8.extract_lane_u(numbers, 3)
  if (year == 0 || <u32>(month - 1) > 11 || day == 0) return i32.MIN_VALUE
  // Every other month has 31 days, and again from August.
  if (day > 28) {
    const isLeap = (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0)
    const days = month == 2 ? 28 + <i32>isLeap : 30 + ((month ^ (month >> 3)) & 1)
    if (day > days) return i32.MIN_VALUE
  }
  // Years that start in March have the leap day at their end.
  const isEarly = <i32>(month <= 2)
  const marchYear = year - isEarly
  const monthsSinceMarch = month - 3 + 12 * isEarly
  const century = marchYear / 100
  return 365 * marchYear + (marchYear >> 2) - century + (century >> 2) + (153 * monthsSinceMarch + 2) / 5 + day - 1 - epoch
}

@inline
function hasHyphens(from: i32): bool {
  return load<u8>(from, 4) == minus && load<u8>(from, 7) == minus
}

/** Dates of the years 1 to 9999. */
export function dateEnd(from: i32, to: i32, at: i32): i32 {
  const digits = digitsAt(from)
  if (to - from != dateLength || otherThanDigits(digits, dateLength) != 0b0010010000 || !hasHyphens(from)) return none
  const days = daysOf(numbersOf(digits))
  if (days == i32.MIN_VALUE) return none
  store<i32>(at, bswap<i32>(days))
  return at + 4
}

/** The facts about 1 to 6 decimal places. */
@inline
function fractionFacts(digits: i32, micros: i32, last: u32): i32 {
  const fixed = 1 << digits
  if (micros == 0) return fixed
  return last == zero ? fixed | (1 << (8 + digits)) : fixed | trimmed | (1 << (8 + digits))
}

/** The facts about the offset `[from, to)`; 0 if it is none in use. Its minutes are in `offsetMinutes`. */
let offsetMinutes: i32 = 0
@inline
function offsetFacts(from: i32, to: i32): i32 {
  offsetMinutes = 0
  const length = to - from
  if (length == 0) return noOffset
  const sign = load<u8>(from)
  if (length == 1) return sign == letterZ ? offsetZ : 0
  if ((sign != plus && sign != minus) || length < 3 || length > 6) return 0
  const others = otherThanDigits(digitsAt(from + 1), length - 1)
  const hours = 10 * (<i32>load<u8>(from, 1) - <i32>zero) + <i32>load<u8>(from, 2) - <i32>zero
  const isNegative = <i32>(sign == minus)
  if (hours > maxOffsetHours) return 0
  let style = offsetHours
  let minutes = 0
  if (length == 3) {
    if (others != 0) return 0
  } else {
    const hasColon = length == 6
    if (length == 4 || others != (hasColon ? 4 : 0) || (hasColon && load<u8>(from, 3) != colon)) return 0
    style = hasColon ? offsetHoursColonMinutes : offsetHoursMinutes
    minutes = 10 * (<i32>load<u8>(to - 2) - <i32>zero) + <i32>load<u8>(to - 1) - <i32>zero
    if (minutes > 59) return 0
  }
  offsetMinutes = 60 * hours + minutes
  if (isNegative) offsetMinutes = -offsetMinutes
  return style | (isNegative << 3) | (hours << 4) | (minutes << 8)
}

/**
 * Dates of the years 1 to 9999 with a time of day, seconds with up to six decimal places among them, and with or without an
 * offset.
 */
export function timestampEnd(facts: i32, hasOffset: bool, from: i32, to: i32, at: i32): i32 {
  const length = to - from
  const text = digitsAt(from)
  if (length < dateLength + 1 + clockLength || otherThanDigits(text, 16) != 0b0010010010010000) return none
  const separator = load<u8>(from, 10)
  if (!hasHyphens(from) || load<u8>(from, 13) != colon || (separator != space && separator != letterT)) return none
  const numbers = numbersOf(text)
  const days = daysOf(numbers)
  const hours = <i32>i16x8.extract_lane_u(numbers, 4)
  const minutes = <i32>i16x8.extract_lane_u(numbers, 5)
  if (days == i32.MIN_VALUE || hours > 23 || minutes > 59) return none

  let seconds = 3600 * hours + 60 * minutes
  let micros = 0
  let format = withoutSeconds
  let end = from + 16
  if (length >= 19 && load<u8>(end) == colon) {
    const tens = <u32>load<u8>(end, 1) - zero
    const ones = <u32>load<u8>(end, 2) - zero
    if (tens > 5 || ones > 9) return none
    const second = <i32>(10 * tens + ones)
    seconds += second
    end += 3
    format = 1 | trimmed | anyDigitsOrNothing
    if (end < to && load<u8>(end) == point) {
      const rest = min(7, to - end - 1)
      const fraction = digitsAt(end + 1)
      const digits = min(rest, <i32>ctz(otherThanDigits(fraction, rest)))
      if (digits == 0 || digits > 6) return none
      micros = <i32>wholeOf(firstOf(fraction, digits), 6)
      end += 1 + digits
      format = fractionFacts(digits, micros, load<u8>(end - 1))
    }
  }
  const offset = offsetFacts(end, to)
  if (offset == 0 || (offset != noOffset) != hasOffset) return none
  const value = format | (separator == space ? blankSeparator : letterSeparator) | (offset << offsetShift)
  if (facts != 0 && ((facts & value & formats) != (facts & formats) || (facts >> offsetShift) != offset)) return none

  const total = (<i64>days * 86_400 + <i64>(seconds - 60 * offsetMinutes)) * 1_000_000 + <i64>micros
  store64(at, total)
  return at + 8
}
