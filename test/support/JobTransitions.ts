import type { JobState } from "../../src/Domain/job/JobState.ts"

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
