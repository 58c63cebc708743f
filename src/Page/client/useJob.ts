import { useEffect, useState } from "react"
import { isFinal } from "../format/isFinal.ts"
import { sleep } from "./backoff.ts"
import { type JobHistory, jobHistory, recordJob } from "./jobHistory.ts"
import { type Job, jobStatus } from "./jobs.ts"
import { isTransient, type Problem } from "./Problem.ts"

/** A job that is watched. */
export interface WatchedJob {
  /** As the service last reported it. */
  readonly job: Job | null
  readonly history: JobHistory
  /** Why the latest request failed; `null` if it did not. */
  readonly problem: Problem | null
}

/** Between two requests while the service is away. */
const pause = 1000

/** Watches a job until it ends. While the service is away it keeps the last report and goes on asking. */
export const useJob = (jobId: string): WatchedJob & { readonly replace: (job: Job) => void } => {
  const [watched, setWatched] = useState<WatchedJob>(() => ({
    job: null,
    history: jobHistory(jobId),
    problem: null,
  }))
  const replace = (job: Job) => setWatched({ job, history: recordJob(job, Date.now()), problem: null })
  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    const watch = async () => {
      let wait = 0
      while (true) {
        const answer = await jobStatus(jobId, wait, signal)
        if (answer._tag === "Success") {
          replace(answer.value)
          if (isFinal(answer.value.state)) return
          wait = 1
          // If too many clients wait, the service responds at once.
          await sleep(200, signal)
        } else {
          setWatched((last) => ({ ...last, problem: answer.problem }))
          if (!isTransient(answer.problem)) return
          await sleep(pause, signal)
        }
      }
    }
    watch().catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
    return () => controller.abort()
  }, [jobId])
  return { ...watched, replace }
}
