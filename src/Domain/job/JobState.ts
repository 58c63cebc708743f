import * as Schema from "effect/Schema"

/**
 * The states of a job, in pg-boss's own words.
 *
 * ```
 * created ──claim──► active ──commit──► completed
 *    ▲                │  │
 *    │              retry failed        cancelled ◄── created, retry, active
 *    └─ (claim) ◄─────┘
 * ```
 *
 * `created` and `retry` wait for a worker, `active` is held by one, the last three are final.
 */
export const JobState = Schema.Literals(["created", "retry", "active", "completed", "cancelled", "failed"])
export type JobState = typeof JobState.Type

/** What can happen to a job. */
export type JobEvent = "claim" | "complete" | "retry" | "release" | "fail" | "cancel"

const transitions: Record<JobState, Partial<Record<JobEvent, JobState>>> = {
  created: { claim: "active", cancel: "cancelled" },
  retry: { claim: "active", cancel: "cancelled" },
  active: { complete: "completed", retry: "retry", release: "retry", fail: "failed", cancel: "cancelled" },
  completed: {},
  cancelled: {},
  failed: {},
}

/** The state after `event`, or `undefined` when the event does not apply: the job keeps its state. */
export const next = (state: JobState, event: JobEvent): JobState | undefined => transitions[state][event]

/** A final state never changes again; the job's record alone tells its story. */
export const isFinal = (state: JobState): boolean =>
  state === "completed" || state === "cancelled" || state === "failed"
