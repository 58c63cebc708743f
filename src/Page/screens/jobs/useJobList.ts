import { useEffect, useRef, useState } from "react"
import { type JobList, type ListedJob, listJobs } from "../../client/jobList.ts"
import type { Problem } from "../../client/http/Problem.ts"
import { useJobEvents } from "../../client/useJobEvents.ts"
import { usePolled } from "../../client/usePolled.ts"
import { isFinal } from "../../format/isFinal.ts"
import { eventFilterIn } from "./jobFilter.ts"
import { mergePages, withChanges } from "./mergePages.ts"

/** Between two requests for the page that is shown, in milliseconds, after a failure or while there is no stream of events. */
const interval = 3000

/** Changes within this time, in milliseconds, lead to one request. */
const collectFor = 1500

/** Whether the page has the job in this state. */
const isShownAs = (page: JobList, { jobId, state }: ListedJob): boolean =>
  page.jobs.some((shown) => shown.jobId === jobId && shown.state === state)

/** The page of the list of jobs that a query selects. */
export interface ShownJobs {
  /** `null` until it is there. */
  readonly page: JobList | null
  /** Whether the page is still that of the query before. */
  readonly isOld: boolean
  /** Jobs that are not on the page yet. */
  readonly newJobs: number
  readonly showNew: () => void
  /** Shows a later state of a job. */
  readonly change: (job: ListedJob) => void
  readonly problem: Problem | null
  readonly again: () => void
}

/**
 * Keeps the shown jobs current, each in its place, and counts new ones. Events have the states of shown jobs. Which jobs have the
 * words of the filter is known only to the service, so it is asked again when a job has another state.
 */
export const useJobList = (filter: URLSearchParams): ShownJobs => {
  const key = filter.toString()
  /** Jobs that have changed since the request of the latest response was sent: the response may be older. */
  const changes = useRef(new Map<string, ListedJob>())
  /** Those that have changed since the latest request was sent, which may be in flight. */
  const newChanges = useRef(new Map<string, ListedJob>())
  /** The states of unfinished jobs for which the service was asked. */
  const states = useRef(new Map<string, ListedJob["state"]>())
  /** The latest response, for its query. */
  const answered = useRef<{ readonly key: string; readonly page: JobList } | null>(null)
  /** Jobs that the stream has named before the first response for the query. */
  const early = useRef(new Map<string, ListedJob>())
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const askSoon = () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      again()
    }, collectFor)
  }
  const change = (job: ListedJob) => {
    const { jobId, state } = job
    for (const { current } of [changes, newChanges]) current.set(jobId, job)
    setShown((before) =>
      before === null ? null : { ...before, value: withChanges(before.value, new Map([[jobId, job]])) },
    )
    if (states.current.get(jobId) === state) return
    if (isFinal(state)) states.current.delete(jobId)
    else states.current.set(jobId, state)
    // A stream begins with the present state, which the response has, too.
    if (answered.current?.key !== key) early.current.set(jobId, job)
    else if (isFinal(state) || !isShownAs(answered.current.page, job)) askSoon()
  }
  const isLive = useJobEvents(eventFilterIn(filter).toString(), { onJob: change, onReload: askSoon })
  const { again, latest, problem } = usePolled(
    key,
    async (signal) => {
      const since = new Map<string, ListedJob>()
      newChanges.current = since
      const answer = await listJobs(filter, signal)
      if (answer._tag === "Success" && !signal.aborted) {
        const page = answer.value
        changes.current = since
        answered.current = { key, page }
        if ([...early.current.values()].some((job) => !isShownAs(page, job))) askSoon()
        early.current.clear()
      }
      return answer
    },
    interval,
    isLive,
  )
  const [shown, setShown] = useState(latest)
  useEffect(() => {
    if (latest === null) return
    const value = withChanges(latest.value, changes.current)
    setShown((before) => ({
      key: latest.key,
      value: before?.key === latest.key ? mergePages(before.value, value).page : value,
    }))
  }, [latest])
  return {
    page: shown?.value ?? null,
    isOld: shown !== null && shown.key !== key,
    newJobs: shown === null || latest?.key !== shown.key ? 0 : mergePages(shown.value, latest.value).newJobs,
    showNew: () =>
      setShown(latest === null ? null : { ...latest, value: withChanges(latest.value, changes.current) }),
    change,
    problem,
    again,
  }
}
