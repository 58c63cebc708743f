import * as Schema from "effect/Schema"

/**
 * The states of a job, with pg-boss's names.
 *
 * ```
 * created ──claim──► active ──commit──► completed
 *    ▲                │  │
 *    │              retry failed        cancelled ◄── created, retry, active
 *    └─ (claim) ◄─────┘
 * ```
 *
 * `created` and `retry` wait for a worker, a worker runs `active`, the other three are final.
 */
export const JobState = Schema.Literals(["created", "retry", "active", "completed", "cancelled", "failed"])
export type JobState = typeof JobState.Type

export type JobEvent = "claim" | "complete" | "retry" | "release" | "fail" | "cancel"

const transitions: Record<JobState, Partial<Record<JobEvent, JobState>>> = {
  created: { claim: "active", cancel: "cancelled" },
  retry: { claim: "active", cancel: "cancelled" },
  active: { complete: "completed", retry: "retry", release: "retry", fail: "failed", cancel: "cancelled" },
  completed: {},
  cancelled: {},
  failed: {},
}

/** The state after `event`, or `undefined` if the event does not apply in this state. */
export const next = (state: JobState, event: JobEvent): JobState | undefined => transitions[state][event]

/** Whether the state can never change again. */
export const isFinal = (state: JobState): boolean =>
  state === "completed" || state === "cancelled" || state === "failed"
