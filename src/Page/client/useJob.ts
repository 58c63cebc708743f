import { useCallback, useEffect, useState } from "react"
import { isFinal } from "../format/isFinal.ts"
import { followEvents } from "./http/followEvents.ts"
import type { Job } from "./jobs.ts"
import type { Problem } from "./http/Problem.ts"

/** A job that is watched. */
export interface WatchedJob {
  /** As the service last reported it. */
  readonly job: Job | null
  /** Why the service cannot be asked; `null` if it can. */
  readonly problem: Problem | null
}

/** Watches a job until it ends. While the service is away it keeps the last report and tries again. */
export const useJob = (jobId: string): WatchedJob & { readonly replace: (job: Job) => void } => {
  const [watched, setWatched] = useState<WatchedJob>({ job: null, problem: null })
  const replace = useCallback((job: Job) => setWatched({ job, problem: null }), [])
  useEffect(() => {
    const controller = new AbortController()
    let hasEnded = false
    followEvents({
      path: "job_events",
      query: { jobId },
      onEvent: ({ data }) => {
        const job = JSON.parse(data) as Job
        hasEnded = isFinal(job.state)
        replace(job)
      },
      onProblem: (problem) => setWatched((last) => ({ ...last, problem })),
      isDone: () => hasEnded,
      signal: controller.signal,
    }).catch((error: unknown) => {
      if (!controller.signal.aborted) throw error
    })
    return () => controller.abort()
  }, [jobId, replace])
  return { ...watched, replace }
}
