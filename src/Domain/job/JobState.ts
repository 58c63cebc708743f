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

/** Whether the state can never change again. */
export const isFinal = (state: JobState): boolean =>
  state === "completed" || state === "cancelled" || state === "failed"
