import { digitsEnd, isDigit, lowerCase, minus, plus, zero } from "../../../Bytes/Ascii.ts"
import {
  type DatePart,
  type DatePattern,
  datePartsOf,
  type DayOrder,
  orderOfFormat,
  typeOfFormat,
} from "../../../Domain/load/options/DateFormat.ts"
import type { ColumnType } from "../../../Domain/load/columns/ColumnType.ts"
import { daysOf, isDay, moment } from "../Moment.ts"

const utf8 = new TextEncoder()

const months = "january february march april may june july august september october november december".split(
  " ",
)
const monthNames = months.map((name) => utf8.encode(name))
const shortMonthNames = months.map((name) => utf8.encode(name.slice(0, 3)))

/** Whether `bytes[at, to)` starts with the word, in any letter case. */
const startsWith = (bytes: Uint8Array, at: number, to: number, word: Uint8Array): boolean => {
  if (to - at < word.length) return false
  for (let index = 0; index < word.length; index++)
    if ((bytes[at + index]! | lowerCase) !== word[index]) return false
  return true
}

/** Most digits of each number, and the fewest. */
const widths: Partial<Record<DatePattern, readonly [fewest: number, most: number]>> = {
  YYYY: [4, 4],
  YY: [2, 2],
  MM: [1, 2],
  DD: [1, 2],
  HH24: [1, 2],
  HH12: [1, 2],
  HH: [1, 2],
  MI: [2, 2],
  SS: [2, 2],
  MS: [1, 3],
  US: [1, 6],
  TZM: [2, 2],
}

/** The parts of the last date that was read. One object, because a load reads billions. */
const read = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, isWest: false, half: 0, offset: 0 }

/**
 * Whether the last date would be another one, or none, if day and month changed places. Both are false if they are the same
 * number.
 */
export const isSwapAnotherDay = (): boolean => read.day <= 12 && read.day !== read.month
export const isSwapNoDay = (): boolean => read.day > 12

/** Where the last part ended, and its number. */
let end = 0

const readNumber = (bytes: Uint8Array, at: number, to: number, fewest: number, most: number): number => {
  end = digitsEnd(bytes, at, Math.min(to, at + most))
  if (end - at < fewest) return -1
  let value = 0
  for (let next = at; next < end; next++) value = 10 * value + bytes[next]! - zero
  return value
}

/** The month whose English name is at `at`, from 1; 0 if there is none. */
const readMonthName = (
  names: ReadonlyArray<Uint8Array>,
  bytes: Uint8Array,
  at: number,
  to: number,
): number => {
  const month = names.findIndex((name) => startsWith(bytes, at, to, name))
  if (month !== -1) end = at + names[month]!.length
  return month + 1
}

/** Years of two digits are those nearest to 2020, as in Postgres. */
const wholeYear = (yearOfCentury: number): number => yearOfCentury + (yearOfCentury < 70 ? 2000 : 1900)

const microDigits = 6

/** Reads dates and times that are written in a given format. */
export class DateReader {
  readonly format: string
  readonly type: ColumnType
  readonly order: DayOrder | null
  readonly #startsWithDigit: boolean
  readonly #parts: ReadonlyArray<{ readonly pattern: DatePattern } | { readonly bytes: Uint8Array }>

  constructor(format: string) {
    const parts = datePartsOf(format)
    this.format = format
    this.type = typeOfFormat(parts)
    this.order = orderOfFormat(parts)
    const [first] = parts
    this.#startsWithDigit = first !== undefined && "pattern" in first && widths[first.pattern] !== undefined
    this.#parts = parts.map((part: DatePart) =>
      "pattern" in part ? part : { bytes: utf8.encode(part.text) },
    )
  }

  /** Reads `bytes[from, to)` into `moment`. Returns whether it has the format and exists. */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    // Most texts are no dates.
    if (this.#startsWithDigit && !isDigit(bytes[from])) return false
    read.year = 0
    read.hour = 0
    read.minute = 0
    read.second = 0
    read.half = -1
    read.offset = 0
    moment.micros = 0
    let at = from
    for (const part of this.#parts) {
      if ("bytes" in part) {
        for (const byte of part.bytes) if (bytes[at++] !== byte) return false
        if (at > to) return false
        continue
      }
      if (!this.#readPart(part.pattern, bytes, at, to)) return false
      at = end
    }
    return at === to && this.#settle()
  }

  /** The SQL expression for the value of the text `name`, which has the format. */
  convert(name: string, literal: (text: string) => string): string {
    const { type } = this
    if (type === "time") return `to_timestamp(${name}, ${literal(this.format)})::time`
    return type === "date"
      ? `to_date(${name}, ${literal(this.format)})`
      : `to_timestamp(${name}, ${literal(this.format)})${type === "timestamp" ? "::timestamp" : ""}`
  }

  #readPart(pattern: DatePattern, bytes: Uint8Array, at: number, to: number): boolean {
    switch (pattern) {
      case "MON":
      case "MONTH":
        read.month = readMonthName(pattern === "MON" ? shortMonthNames : monthNames, bytes, at, to)
        return read.month > 0
      case "AM":
      case "PM": {
        const letter = bytes[at]! | lowerCase
        read.half = letter === 0x61 ? 0 : letter === 0x70 ? 12 : -1
        end = at + 2
        return read.half !== -1 && end <= to && (bytes[at + 1]! | lowerCase) === 0x6d
      }
      case "TZH": {
        const sign = bytes[at]
        const hours = readNumber(bytes, at + 1, to, 2, 2)
        if ((sign !== plus && sign !== minus) || hours < 0 || hours > 14) return false
        read.offset = (sign === minus ? -60 : 60) * hours
        read.isWest = sign === minus
        return true
      }
      default: {
        const [fewest, most] = widths[pattern]!
        const value = readNumber(bytes, at, to, fewest, most)
        return value >= 0 && this.#take(pattern, value, end - at)
      }
    }
  }

  #take(pattern: DatePattern, value: number, digits: number): boolean {
    switch (pattern) {
      case "YYYY":
        read.year = value
        return value > 0
      case "YY":
        read.year = wholeYear(value)
        return true
      case "MM":
        read.month = value
        return true
      case "DD":
        read.day = value
        return true
      case "MI":
        read.minute = value
        return value <= 59
      case "SS":
        read.second = value
        return value <= 59
      case "MS":
      case "US":
        moment.micros = value * 10 ** (microDigits - digits)
        return true
      case "TZM":
        read.offset += read.isWest ? -value : value
        return value <= 59
      default:
        read.hour = value
        return pattern === "HH24" ? value <= 23 : value >= 1 && value <= 12
    }
  }

  #settle(): boolean {
    if (read.half !== -1) read.hour = (read.hour % 12) + read.half
    moment.seconds = 3600 * read.hour + 60 * read.minute + read.second
    moment.offsetMinutes = read.offset
    if (this.type === "time") return true
    if (!isDay(read.year, read.month, read.day)) return false
    moment.days = daysOf(read.year, read.month, read.day)
    return true
  }
}
