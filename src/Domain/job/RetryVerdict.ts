import * as Duration from "effect/Duration"
import type { LoadError } from "../load/LoadError.ts"

/** What becomes of a job whose attempt failed. */
export type RetryVerdict =
  | { readonly _tag: "RetryAfter"; readonly delay: Duration.Duration }
  | { readonly _tag: "FailForGood" }

const firstDelay = Duration.seconds(1)
const longestBackoff = Duration.minutes(5)
/** A source may ask for a longer wait than our own backoff, but not park a job for ever. */
const longestRetryAfter = Duration.hours(1)

/**
 * The one rule that decides between another attempt and giving up.
 *
 * The n-th attempt that fails waits `1 s · 2^(n-1)`, at most 5 minutes, stretched by up to a quarter by
 * `jitter` so that jobs broken by one outage do not return in one wave. A `Retry-After` of the source
 * replaces the backoff when it is longer, up to an hour.
 *
 * @param attempt number of the attempt that failed, from 1
 * @param jitter a number in [0, 1)
 */
export const verdict = (
  error: LoadError,
  options: { readonly attempt: number; readonly maxAttempts: number; readonly jitter: number },
): RetryVerdict => {
  if (!error.isRetryable || options.attempt >= options.maxAttempts) return { _tag: "FailForGood" }
  const doublings = Math.min(options.attempt - 1, 30)
  const backoff = Duration.min(Duration.times(firstDelay, 2 ** doublings), longestBackoff)
  const stretched = Duration.times(backoff, 1 + options.jitter / 4)
  const asked = error.retryAfter === null ? Duration.zero : Duration.min(error.retryAfter, longestRetryAfter)
  return { _tag: "RetryAfter", delay: Duration.max(stretched, asked) }
}
