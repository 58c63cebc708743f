import * as Duration from "effect/Duration"
import { parseHttpDate } from "./HttpDate.ts"

/**
 * The wait a `Retry-After` asks for, in seconds or until a date (RFC 9110, 10.2.3); `null` when there is no
 * such header or it is not understood. A date that has passed asks for no wait.
 *
 * @param now milliseconds since the epoch
 */
export const parseRetryAfter = (header: string | undefined, now: number): Duration.Duration | null => {
  const value = header?.trim() ?? ""
  if (/^\d{1,9}$/.test(value)) return Duration.seconds(Number(value))
  const at = parseHttpDate(value)
  return at === null ? null : Duration.millis(Math.max(0, at - now))
}
