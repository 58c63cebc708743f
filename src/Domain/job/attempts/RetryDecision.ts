import * as Duration from "effect/Duration"
import type { LoadError } from "../../load/LoadError.ts"

/** What to do with a job whose attempt failed. */
export type RetryDecision =
  | { readonly _tag: "RetryAfter"; readonly delay: Duration.Duration }
  | { readonly _tag: "Fail" }

const firstDelay = Duration.seconds(1)
const maxBackoff = Duration.minutes(5)
/** A source may ask for a longer wait than the backoff, but it cannot block a job for longer than this. */
const maxRetryAfter = Duration.hours(1)
/** Other jobs of the host may belong to other callers, and may be served: one response cannot stop them for longer than this. */
const maxHold = Duration.minutes(2)

/**
 * Decides between another attempt and failure.
 *
 * The backoff after the n-th failed attempt is `1 s · 2^(n-1)`, at most 5 minutes, plus up to a quarter of it by
 * `jitter`, so that jobs that failed in the same outage do not retry at the same time. A longer `Retry-After` from the
 * source replaces the backoff, up to an hour.
 *
 * @param attempt number of the failed attempt, from 1
 * @param jitter a random number in [0, 1)
 */
export const decideRetry = (
  error: LoadError,
  options: { readonly attempt: number; readonly maxAttempts: number; readonly jitter: number },
): RetryDecision => {
  if (!error.isRetryable || options.attempt >= options.maxAttempts) return { _tag: "Fail" }
  const doublings = Math.min(options.attempt - 1, 30)
  const backoff = Duration.min(Duration.times(firstDelay, 2 ** doublings), maxBackoff)
  const jittered = Duration.times(backoff, 1 + options.jitter / 4)
  const requested = error.retryAfter === null ? Duration.zero : Duration.min(error.retryAfter, maxRetryAfter)
  return { _tag: "RetryAfter", delay: Duration.max(jittered, requested) }
}

/**
 * How long no job of the host is started after an attempt failed with `error`; `null` if the host did not ask for fewer requests. It is as
 * long as the failed job waits, or as the host asked if it has no further attempt, but at least a second and at most two minutes.
 */
export const hostHold = (error: LoadError, wait: Duration.Duration | null): Duration.Duration | null =>
  error.isHostBusy
    ? Duration.clamp(wait ?? error.retryAfter ?? firstDelay, { minimum: firstDelay, maximum: maxHold })
    : null
