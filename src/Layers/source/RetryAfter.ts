import * as Duration from "effect/Duration"

/** The three date formats of RFC 9110, 5.6.7; all of them are in UTC, though asctime's does not say so. */
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d/

/**
 * The wait a `Retry-After` asks for, in seconds or until a date (RFC 9110, 10.2.3); `null` when there is no
 * such header or it is not understood. A date that has passed asks for no wait.
 *
 * @param now milliseconds since the epoch
 */
export const parseRetryAfter = (header: string | undefined, now: number): Duration.Duration | null => {
  const value = header?.trim() ?? ""
  if (/^\d{1,9}$/.test(value)) return Duration.seconds(Number(value))
  if (!httpDate.test(value)) return null
  const at = Date.parse(value.endsWith("GMT") ? value : `${value} GMT`)
  return Number.isNaN(at) ? null : Duration.millis(Math.max(0, at - now))
}
