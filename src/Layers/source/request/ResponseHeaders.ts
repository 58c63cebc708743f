import * as Duration from "effect/Duration"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"

/** `Content-Length`; `null` if it is missing or invalid. */
export const contentLength = (response: HttpClientResponse): number | null => {
  const value = response.headers["content-length"]
  if (value === undefined || !/^\d+$/.test(value)) return null
  return Number.isSafeInteger(Number(value)) ? Number(value) : null
}

/**
 * Whether only closing the connection ends the body (RFC 9112, 6.3), so that a truncated body looks complete.
 */
export const endsWithConnection = ({ headers }: HttpClientResponse): boolean =>
  headers["content-length"] === undefined && headers["transfer-encoding"] === undefined

/** The three date formats of RFC 9110, 5.6.7. All are in UTC, though asctime's format does not say so. */
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d/

/** A date in milliseconds since the epoch; `null` if it is missing or invalid. */
export const parseHttpDate = (header: string | undefined): number | null => {
  const value = header?.trim() ?? ""
  if (!httpDate.test(value)) return null
  const millis = Date.parse(value.endsWith("GMT") ? value : `${value} GMT`)
  return Number.isNaN(millis) ? null : millis
}

/**
 * The wait that a `Retry-After` asks for, in seconds or until a date (RFC 9110, 10.2.3); `null` if it is missing or
 * invalid. A date in the past asks for no wait.
 *
 * @param now milliseconds since the epoch
 */
export const parseRetryAfter = (header: string | undefined, now: number): Duration.Duration | null => {
  const value = header?.trim() ?? ""
  if (/^\d{1,9}$/.test(value)) return Duration.seconds(Number(value))
  const date = parseHttpDate(value)
  return date === null ? null : Duration.millis(Math.max(0, date - now))
}

/** The bytes of a file that a 206 response has. */
export interface ContentRange {
  readonly first: number
  /** Offset of the last byte itself. */
  readonly last: number
  /** Size of the whole file; `null` if the server does not know it. */
  readonly size: number | null
}

const contentRange = /^bytes +(\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)$/i

/** Parses the `Content-Range` of a 206 (RFC 9110, 14.4); `null` if it is missing, invalid or impossible. */
export const parseContentRange = (header: string | undefined): ContentRange | null => {
  const match = contentRange.exec(header?.trim() ?? "")
  if (match === null) return null
  const first = Number(match[1])
  const last = Number(match[2])
  const size = match[3] === "*" ? null : Number(match[3])
  if (!Number.isSafeInteger(last) || (size !== null && !Number.isSafeInteger(size))) return null
  if (last < first || (size !== null && last >= size)) return null
  return { first, last, size }
}

/** A 201 has made the file for this request, a 203 comes from a proxy that has changed it. */
const isComplete = (status: number): boolean => status === 200 || status === 201 || status === 203

/**
 * Whether the response has the whole file: a 200 or alike, or a 206 to a plain GET whose range is everything. Some caches
 * store such a 206.
 */
export const isWholeFile = (response: HttpClientResponse): boolean => {
  if (response.status !== 206) return isComplete(response.status)
  const range = parseContentRange(response.headers["content-range"])
  if (range === null || range.first !== 0 || range.size !== range.last + 1) return false
  return (contentLength(response) ?? range.size) === range.size
}
