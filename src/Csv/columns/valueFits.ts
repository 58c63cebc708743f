import type { ColumnType } from "../../Domain/load/columns/ColumnType.ts"

const number = /^ *[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)? *$/i
const notFinite = /^ *(?:nan|[+-]?inf(?:inity)?) *$/i
const booleans = new Set(["true", "t", "yes", "y", "on", "1", "false", "f", "no", "n", "off", "0"])
const time = "[T ](?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,6})?)?"
const offset = " ?(?:Z|[+-](?:0\\d|1[0-4])(?::?[0-5]\\d)?)"
const timestamp = new RegExp(`^(?:${time})?$`)
const timestamptz = new RegExp(`^${time}${offset}$`)

/** Whether the text starts with an existing day as YYYY-MM-DD. */
const startsWithDay = (text: string): boolean => {
  const day = /^\d{4}-\d\d-\d\d/.exec(text)?.[0]
  if (day === undefined || day.startsWith("0000")) return false
  const parsed = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(day)
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const isBigint = (text: string): boolean =>
  /^ *[+-]?\d+ *$/.test(text) &&
  BigInt.asIntN(64, BigInt(text.replace("+", ""))) === BigInt(text.replace("+", ""))

/**
 * Whether Postgres casts a text to the type that the user gave a column, with one meaning in every session: dates and times
 * are written as in ISO 8601, and a `timestamptz` has an offset. Unlike inference, a cast may change the text: `007` is 7.
 */
export const valueFits: Record<ColumnType, (text: string) => boolean> = {
  text: () => true,
  bigint: isBigint,
  numeric: (text) => number.test(text) || notFinite.test(text),
  "double precision": (text) => number.test(text) || notFinite.test(text),
  boolean: (text) => booleans.has(text.trim().toLowerCase()),
  date: (text) => text.length === 10 && startsWithDay(text),
  timestamp: (text) => startsWithDay(text) && timestamp.test(text.slice(10)),
  timestamptz: (text) => startsWithDay(text) && timestamptz.test(text.slice(10)),
  uuid: (text) => /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(text),
  jsonb: isJson,
}
