import { useEffect, useState } from "react"
import { type JobList, listJobs } from "../../client/jobList.ts"
import type { Problem } from "../../client/http/Problem.ts"
import { usePolled } from "../../client/usePolled.ts"
import { mergePages } from "./mergePages.ts"

/** Between two requests for the page that is shown. */
const interval = 3000

/** The page of the list of jobs that a query selects. */
export interface ShownJobs {
  /** `null` until it is there. */
  readonly page: JobList | null
  /** Whether the page is still that of the query before. */
  readonly isOld: boolean
  /** Jobs that are not on the page yet. */
  readonly newJobs: number
  readonly showNew: () => void
  readonly problem: Problem | null
  readonly again: () => void
}

/** Keeps the shown jobs current, each in its place, and counts new ones. */
export const useJobList = (filter: URLSearchParams): ShownJobs => {
  const key = filter.toString()
  const { again, latest, problem } = usePolled(key, (signal) => listJobs(filter, signal), interval)
  const [shown, setShown] = useState(latest)
  useEffect(() => {
    if (latest === null) return
    setShown((before) =>
      before?.key === latest.key
        ? { key: latest.key, value: mergePages(before.value, latest.value).page }
        : latest,
    )
  }, [latest])
  return {
    page: shown?.value ?? null,
    isOld: shown !== null && shown.key !== key,
    newJobs: shown === null || latest?.key !== shown.key ? 0 : mergePages(shown.value, latest.value).newJobs,
    showNew: () => setShown(latest),
    problem,
    again,
  }
}
