import * as Schema from "effect/Schema"
import type { ColumnType } from "../columns/ColumnType.ts"

/** The patterns of Postgres's `to_timestamp` that a date format may have (documentation, 9.8). */
export const datePatterns = [
  "YYYY",
  "YY",
  "MONTH",
  "MON",
  "MM",
  "DD",
  "HH24",
  "HH12",
  "HH",
  "MI",
  "SS",
  "MS",
  "US",
  "AM",
  "PM",
  "TZH",
  "TZM",
] as const
export type DatePattern = (typeof datePatterns)[number]

/** A part of a date format: a pattern, or text that is between two of them. */
export type DatePart = { readonly pattern: DatePattern } | { readonly text: string }

const known = new RegExp(`^(?:${datePatterns.join("|")})`, "i")

/** The parts of a date format; a text that says what is wrong with it. */
const partsOf = (format: string): ReadonlyArray<DatePart> | string => {
  const parts: Array<DatePart> = []
  for (let rest = format; rest !== "";) {
    const found = known.exec(rest)?.[0]
    const pattern = datePatterns.find((name) => name === found?.toUpperCase())
    const quoted = /^"([^"\\]*)"/.exec(rest)
    const text = quoted?.[1] ?? /^[^\p{L}\p{N}"\\]/u.exec(rest)?.[0]
    if (pattern !== undefined) parts.push({ pattern })
    else if (text !== undefined) parts.push({ text })
    else
      return `"${/^[\p{L}\p{N}]+|./u.exec(rest)?.[0] ?? rest}" is no pattern: give ${datePatterns.join(", ")}, signs between them, and other text in double quotes`
    rest = rest.slice(found?.length ?? quoted?.[0].length ?? text!.length)
  }
  return parts
}

/** How many patterns a format has for each part of a date or time. */
const numbersOf = (parts: ReadonlyArray<DatePart>) => {
  const count = (some: ReadonlyArray<DatePattern>): number =>
    parts.filter((part) => "pattern" in part && some.includes(part.pattern)).length
  return {
    year: count(["YYYY", "YY"]),
    month: count(["MM", "MON", "MONTH"]),
    day: count(["DD"]),
    hour: count(["HH24", "HH12", "HH"]),
    twelve: count(["HH12", "HH"]),
    minute: count(["MI"]),
    second: count(["SS"]),
    fraction: count(["MS", "US"]),
    half: count(["AM", "PM"]),
    zoneHour: count(["TZH"]),
    zoneMinute: count(["TZM"]),
  }
}

/** What is wrong with a date format; `undefined` if nothing is. */
const complaint = (format: string): string | undefined => {
  const parts = partsOf(format)
  if (typeof parts === "string") return parts
  // Columns may also have dates of ISO 8601, which would be read as one or the other.
  const written = parts.map((part) => ("pattern" in part ? part.pattern : part.text)).join("")
  if (written.startsWith("YYYY-DD-MM"))
    return "YYYY-DD-MM cannot be distinguished from the YYYY-MM-DD of ISO 8601: load the column as text"
  const { twelve, ...found } = numbersOf(parts)
  const repeated = Object.entries(found).find(([, count]) => count > 1)
  if (repeated !== undefined) return `the format has two patterns for the ${repeated[0]}`
  const { day, fraction, half, hour, minute, month, second, year, zoneHour, zoneMinute } = found
  if (year + month + day > 0 && year + month + day < 3)
    return "give year (YYYY or YY), month (MM, Mon or Month) and day (DD), or none of them"
  if (year + hour === 0) return "give a year, month and day, or an hour and minute"
  if (hour !== minute || second > minute || fraction > second)
    return "give an hour with its minute (HH24:MI), seconds only after minutes, and a fraction only after seconds"
  if (twelve !== half) return "give AM with HH or HH12, and neither with HH24"
  return zoneMinute > zoneHour || zoneHour > hour || zoneHour > year
    ? "give TZH only with a date and a time, and TZM only after TZH"
    : undefined
}

const maxLength = 100

/** A format of dates or times in Postgres's patterns, such as `DD.MM.YYYY HH24:MI`. */
export const DateFormat = Schema.String.check(
  Schema.makeFilter(
    (format: string) =>
      format.length > maxLength
        ? `give at most ${maxLength} characters`
        : !format.isWellFormed() || /\p{Cc}/u.test(format)
          ? "give a format without control characters"
          : (complaint(format) ?? true),
    { toJsonSchema: () => ({ minLength: 1, maxLength }) },
  ),
)

/** The parts of a valid format. */
export const datePartsOf = (format: string): ReadonlyArray<DatePart> => {
  const parts = partsOf(format)
  return typeof parts === "string" ? [] : parts
}

/** The type of the values that a format describes. */
export const typeOfFormat = (parts: ReadonlyArray<DatePart>): ColumnType => {
  const { hour, year, zoneHour } = numbersOf(parts)
  if (year === 0) return "time"
  if (hour === 0) return "date"
  return zoneHour === 0 ? "timestamp" : "timestamptz"
}

/** Which of two numbers of a date is the day. */
export type DayOrder = "day first" | "month first"

/** The order of day and month; `null` if the format has a name for the month, or starts with the year. */
export const orderOfFormat = (parts: ReadonlyArray<DatePart>): DayOrder | null => {
  const patterns = parts.flatMap((part) => ("pattern" in part ? [part.pattern] : []))
  const [first, second] = patterns.filter((pattern) =>
    ["YYYY", "YY", "MM", "MON", "MONTH", "DD"].includes(pattern),
  )
  if (first === "DD" && second !== "MON" && second !== "MONTH")
    return patterns.includes("MM") ? "day first" : null
  return first === "MM" ? "month first" : null
}

/** Whether the values of a format can be whole numbers, such as 20241231, that are dates all the same. */
export const isDateOfDigits = (parts: ReadonlyArray<DatePart>): boolean =>
  parts.every((part) => "pattern" in part) &&
  parts.some((part) => "pattern" in part && part.pattern === "YYYY")
