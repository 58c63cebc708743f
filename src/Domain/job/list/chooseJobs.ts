import * as DateTime from "effect/DateTime"
import type { JobId } from "../Job.ts"
import { isFinal } from "../JobState.ts"
import type { ChangeFilter } from "./JobFilter.ts"
import type { JobSummary } from "./JobSummary.ts"

const hostOf = (url: string): string => URL.parse(url)?.hostname.toLowerCase() ?? ""

/** Whether a job matches what never changes of it. */
const isSelected = (
  { createdAfter, createdBefore, host, sourceId, table, target }: ChangeFilter,
  job: JobSummary,
): boolean =>
  (table === undefined || job.table === table) &&
  (target === undefined || job.target === target) &&
  (sourceId === undefined || job.sourceId === sourceId) &&
  (host === undefined || job.fileUrls.some((url) => hostOf(url) === host.toLowerCase())) &&
  (createdAfter === undefined || DateTime.isGreaterThanOrEqualTo(job.createdAt, createdAfter)) &&
  (createdBefore === undefined || DateTime.isLessThan(job.createdAt, createdBefore))

/** Whether a stream has a change of a job. */
export type ChooseJobs = (job: JobSummary) => boolean

/**
 * The jobs of one stream. One that leaves the state of the filter is chosen once more, so that its client sees it leave. That includes
 * a job which may have left the state before the stream saw it: the client may have it from a list that it read earlier.
 */
export const chooseJobs = (filter: ChangeFilter): ChooseJobs => {
  const { state } = filter
  /** Unfinished jobs, and whether they were in the state. */
  const wasInState = new Map<JobId, boolean>()
  return (job) => {
    if (!isSelected(filter, job)) return false
    if (state === undefined) return true
    const isInState = job.state === state
    // A job leaves no final state.
    if (isFinal(state)) return isInState
    const mayHaveBeen = wasInState.get(job.jobId) ?? (state === "created" || job.startedAt !== null)
    if (isFinal(job.state)) wasInState.delete(job.jobId)
    else wasInState.set(job.jobId, isInState)
    return isInState || mayHaveBeen
  }
}
