import * as Context from "effect/Context"
import * as Duration from "effect/Duration"

/** How hard a broken download is tried to be gone on with, while its transaction stands open. */
export interface ResumePolicy {
  /** Tries in a row that may bring not one byte. */
  readonly tries: number
  /** Wait before the second try, doubled for each one after; the first comes at once. */
  readonly firstWait: Duration.Duration
  readonly longestWait: Duration.Duration
  /** Longest `Retry-After` that is waited for here; a longer one is left to the next attempt. */
  readonly longestRetryAfter: Duration.Duration
  /** Resumes of one attempt. */
  readonly mostResumes: number
}

/**
 * Seven tries wait 11 s together, time for a server or a balancer to restart; the transaction holds a slot and
 * holds up vacuum meanwhile, so a longer outage is left to the next attempt. A hundred resumes let a line that
 * breaks every few megabytes bring some hundreds of them, and end a server that gives a byte at a time.
 */
export const standard: ResumePolicy = {
  tries: 7,
  firstWait: Duration.millis(200),
  longestWait: Duration.seconds(5),
  longestRetryAfter: Duration.seconds(15),
  mostResumes: 100,
}

/** The policy of this process. */
export const ResumePolicy = Context.Reference<ResumePolicy>("sluice/Layers/source/ResumePolicy", {
  defaultValue: () => standard,
})

/**
 * The wait before a try, stretched by up to a quarter so that downloads cut by one outage do not return in one
 * wave.
 *
 * @param failed tries in a row that have brought nothing
 * @param jitter a number in [0, 1)
 */
export const waitBefore = (policy: ResumePolicy, failed: number, jitter: number): Duration.Duration => {
  if (failed === 0) return Duration.zero
  const doubled = Duration.times(policy.firstWait, 2 ** Math.min(failed - 1, 30))
  return Duration.times(Duration.min(doubled, policy.longestWait), 1 + jitter / 4)
}
