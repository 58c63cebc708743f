import type { JobId } from "./Job.ts"

/**
 * A fencing token: one worker's right to settle one attempt of a job. Settling with a claim that no longer holds (the
 * job was cancelled, or another worker has it) changes nothing.
 */
export interface Claim {
  readonly jobId: JobId
  /** pg-boss's number of earlier claims of this job, from 0. */
  readonly retryCount: number
}

/** Identifies a claim, as a key of maps. */
export const claimKey = (claim: Claim): string => `${claim.jobId}:${claim.retryCount}`
