import type { JobId } from "./Job.ts"

/**
 * The fencing token: one worker's hold on one attempt of a job. A settle that carries a claim which has
 * lapsed (cancelled, or taken over by another worker) changes nothing.
 */
export interface Claim {
  readonly jobId: JobId
  /** pg-boss's count of earlier claims of this job, from 0. */
  readonly retryCount: number
}

/** Identifies the claim among those a replica holds. */
export const claimKey = (claim: Claim): string => `${claim.jobId}:${claim.retryCount}`
