import * as DateTime from "effect/DateTime"
import type { JobId } from "../Job.ts"
import { isFinal } from "../JobState.ts"
import type { ChangeFilter } from "./JobFilter.ts"
import type { JobSummary } from "./JobSummary.ts"

const hostOf = (url: string): string => URL.parse(url)?.hostname.toLowerCase() ?? ""

/** Whether a job matches what never changes of it. */
const isSelected = (
  { createdAfter, createdBefore, host, sourceId, table }: ChangeFilter,
  job: JobSummary,
): boolean =>
  (table === undefined || job.table === table) &&
  (sourceId === undefined || job.sourceId === sourceId) &&
  (host === undefined || job.fileUrls.some((url) => hostOf(url) === host.toLowerCase())) &&
  (createdAfter === undefined || DateTime.isGreaterThanOrEqualTo(job.createdAt, createdAfter)) &&
  (createdBefore === undefined || DateTime.isLessThan(job.createdAt, createdBefore))

/** Whether a stream has a change of a job. */
export type ChooseJobs = (
  job: JobSummary,
  /** The client may have the job in a state that it had before. */
  mayBeKnown?: boolean,
) => boolean

/** The jobs of one stream. One that leaves the state of the filter is chosen once more, so that its client sees it leave. */
export const chooseJobs = (filter: ChangeFilter): ChooseJobs => {
  const { state } = filter
  const inState = new Set<JobId>()
  return (job, mayBeKnown = false) => {
    if (!isSelected(filter, job)) return false
    if (state === undefined) return true
    const wasInState = inState.delete(job.jobId) || mayBeKnown
    if (job.state !== state) return wasInState
    // A job leaves no final state.
    if (!isFinal(state)) inState.add(job.jobId)
    return true
  }
}
