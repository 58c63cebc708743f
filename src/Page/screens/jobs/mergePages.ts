import type { JobList, ListedJob } from "../../client/jobList.ts"

/** A page that is shown, as the same request returns it later. */
export interface MergedPage {
  /** The shown jobs as they are now, in their places. Those that no longer match the filter are gone. */
  readonly page: JobList
  /** How many jobs would be new among them. */
  readonly newJobs: number
}

/** Keeps the rows where they are: what is new above them is only counted. */
export const mergePages = (shown: JobList, latest: JobList): MergedPage => {
  if (shown.jobs.length === 0) return { page: latest, newJobs: 0 }
  const now = new Map(latest.jobs.map((job) => [job.jobId, job]))
  const covered = latest.next === null ? "" : (latest.jobs.at(-1)?.createdAt ?? "")
  const last = shown.jobs.at(-1)?.createdAt ?? ""
  const isShown = new Set(shown.jobs.map(({ jobId }) => jobId))
  const others = latest.jobs.filter(({ jobId }) => !isShown.has(jobId))
  const below = others.filter(({ createdAt }) => createdAt < last)
  const kept = shown.jobs.flatMap((job) => now.get(job.jobId) ?? (job.createdAt >= covered ? [] : [job]))
  return {
    page: { jobs: [...kept, ...below], next: covered < last ? latest.next : shown.next },
    newJobs: others.length - below.length,
  }
}

/** The page with later states of its jobs, by their ids. */
export const withChanges = (page: JobList, changes: ReadonlyMap<string, ListedJob>): JobList => ({
  ...page,
  jobs: page.jobs.map((job) => changes.get(job.jobId) ?? job),
})
