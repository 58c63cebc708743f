import type { JobState } from "../../Domain/job/JobState.ts"

/** Whether the state can never change again. The domain's function of this name would bring its schemas with it. */
export const isFinal = (state: JobState): boolean =>
  state === "completed" || state === "cancelled" || state === "failed"
