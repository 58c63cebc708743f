import { daysOf, isDay, moment } from "../Moment.ts"

const form =
  /^(?<year>\d{4,7})-(?<month>\d\d)-(?<day>\d\d)(?:[T ](?<clock>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?))?(?: ?(?<offset>Z|[+-]\d\d(?::?\d\d)?))?(?<bc> BC)?$/

const maxOffsetHours = 14
const secondsOfDay = 86_400

/** Reads a time of day, up to 24:00 and with a second 60, into `moment`. Returns whether it exists. */
export const readOtherClock = (text: string): boolean => {
  const [hours, minutes, seconds = "0"] = text.split(":")
  const [whole, fraction = ""] = seconds.split(".") as [string, string?]
  const parts = [Number(hours), Number(minutes), Number(whole)] as const
  moment.seconds = 3600 * parts[0] + 60 * parts[1] + parts[2]
  moment.micros = Number(fraction.padEnd(6, "0"))
  return parts[1] <= 59 && parts[2] <= 60 && moment.seconds + moment.micros / 1e6 <= secondsOfDay
}

/** Reads an offset into `moment`. Returns whether it is in use. */
const readOffset = (text: string): boolean => {
  const [hours, minutes] = [Number(text.slice(1, 3)), Number(text.slice(3).replace(":", ""))]
  moment.offsetMinutes = text === "Z" ? 0 : (text.startsWith("-") ? -1 : 1) * (60 * hours + minutes)
  return text === "Z" || (hours <= maxOffsetHours && minutes <= 59)
}

/**
 * Reads the rare forms of a date and time into `moment`: years of more than four digits or before Christ, 24:00, second 60, a
 * space before the offset. Returns which parts the text has after the date; `null` if it is none.
 */
export const readOtherTime = (
  text: string,
): { readonly hasClock: boolean; readonly hasOffset: boolean } | null => {
  const parts = form.exec(text)?.groups
  if (parts === undefined) return null
  const { bc, clock, day, month, offset } = parts
  const written = Number(parts["year"])
  const year = bc === undefined ? written : 1 - written
  moment.seconds = 0
  moment.micros = 0
  moment.offsetMinutes = 0
  if (written === 0 || !isDay(year, Number(month), Number(day))) return null
  moment.days = daysOf(year, Number(month), Number(day))
  if (clock !== undefined && !readOtherClock(clock)) return null
  if (offset !== undefined && !readOffset(offset)) return null
  return { hasClock: clock !== undefined, hasOffset: offset !== undefined }
}
