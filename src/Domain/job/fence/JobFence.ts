import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { RecordedTarget } from "../../load/columns/target/RecordedTarget.ts"
import type { LoadError } from "../../load/LoadError.ts"
import type { ServiceUnavailable } from "../../service/ServiceUnavailable.ts"
import type { Claim } from "../Claim.ts"
import type { ClaimLost } from "../CopySink.ts"
import type { FenceUnavailable } from "./FenceUnavailable.ts"
import type { JobId } from "../Job.ts"

/** How a job ended in the database of its table; `null`: it has not. */
export type FenceState = "done" | "cancelled" | null

/**
 * What decides the end of a job. In one database, the transaction of the load does, and there is nothing else to ask. If the
 * tables are in another database than the queue, a row beside them does: every end is written there first, and the queue
 * follows.
 */
interface JobFence {
  /**
   * Begins an attempt: from now on, no earlier one can commit. Fails with `ClaimLost` if the job has ended, or a later attempt
   * has begun.
   */
  readonly open: (claim: Claim, target: RecordedTarget) => Effect.Effect<void, ClaimLost | LoadError>
  /** Whether the database of the table responds. While it does not, this process claims no job of it. */
  readonly responds: (target: RecordedTarget) => Effect.Effect<boolean>
  /** From now on, no attempt can commit, unless one has. Then the queue and the record follow. */
  readonly cancel: (jobId: JobId) => Effect.Effect<void, ServiceUnavailable>
  /**
   * From now on, neither this attempt nor an earlier one can commit, unless one has. If the job has ended there, the queue and the
   * record follow. Returns how it ended.
   */
  readonly revoke: (claim: Claim) => Effect.Effect<FenceState, FenceUnavailable>
}

/** Unless it is provided, the queue and the tables are in one database. */
export const JobFence = Context.Reference<JobFence>("sluice/Domain/JobFence", {
  defaultValue: () => ({
    open: () => Effect.void,
    responds: () => Effect.succeed(true),
    cancel: () => Effect.void,
    revoke: () => Effect.succeed(null),
  }),
})
