import * as Effect from "effect/Effect"
import type { JobId } from "../../../Domain/job/Job.ts"
import { type Caller, type Owner, reachableOwner } from "../../../Domain/service/Caller.ts"

/** A job as one caller may reach it. Statements that run for a caller take this, so that none can forget the owner. */
export interface JobAccess {
  readonly jobId: JobId
  /** Only a job of this owner is found; `null`: of any. */
  readonly owner: Owner | null
}

/** How the current caller may reach the job. */
export const accessTo = (jobId: JobId): Effect.Effect<JobAccess, never, Caller> =>
  Effect.map(reachableOwner, (owner) => ({ jobId, owner }))

/**
 * The condition on `sluice.job` that holds for this job only, and only for its owner.
 *
 * @param id SQL of `jobId`
 * @param owner SQL of `owner`
 */
export const isReachable = (id: string, owner: string): string =>
  `job.id = ${id}::uuid and job.owner = coalesce(${owner}::text, job.owner)`
