import * as Context from "effect/Context"
import * as Duration from "effect/Duration"

/** Limits on resuming a broken download while the load's transaction stays open. */
export interface ResumePolicy {
  /** Attempts in a row that may bring no byte. */
  readonly maxFruitlessAttempts: number
  /** Delay before the second attempt, doubled for each further one. The first attempt is immediate. */
  readonly initialDelay: Duration.Duration
  readonly maxDelay: Duration.Duration
  /** A longer `Retry-After` ends the download; the job's next attempt waits for it. */
  readonly maxRetryAfter: Duration.Duration
  /** Resumes of one download. */
  readonly maxResumes: number
}

/**
 * Seven attempts wait 11 s in total: enough for a server or load balancer to restart. Meanwhile the transaction holds a
 * worker slot and delays vacuum, so longer outages are left to the job's next attempt. With 100 resumes, a line that
 * breaks every few megabytes still delivers hundreds of them, and a server that sends one byte at a time is given up.
 */
export const defaultPolicy: ResumePolicy = {
  maxFruitlessAttempts: 7,
  initialDelay: Duration.millis(200),
  maxDelay: Duration.seconds(5),
  maxRetryAfter: Duration.seconds(15),
  maxResumes: 100,
}

/** The policy of this process. */
export const ResumePolicy = Context.Reference<ResumePolicy>("sluice/Layers/source/ResumePolicy", {
  defaultValue: () => defaultPolicy,
})

/**
 * The delay before an attempt, longer by up to a quarter so that downloads cut by one outage do not all return at once.
 *
 * @param fruitless attempts in a row that brought no byte
 * @param jitter a number in [0, 1)
 */
export const attemptDelay = (policy: ResumePolicy, fruitless: number, jitter: number): Duration.Duration => {
  if (fruitless === 0) return Duration.zero
  const doubled = Duration.times(policy.initialDelay, 2 ** Math.min(fruitless - 1, 30))
  return Duration.times(Duration.min(doubled, policy.maxDelay), 1 + jitter / 4)
}
