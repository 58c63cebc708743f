import { useEffect, useRef, useState } from "react"
import { followEvents } from "./http/followEvents.ts"
import type { ListedJob } from "./jobList.ts"

/** What happens to the jobs of the caller. */
export interface JobListener {
  /** A job is new, or has changed. */
  readonly onJob: (job: ListedJob) => void
  /** More has changed than is sent. */
  readonly onReload: () => void
}

/**
 * Follows the jobs of the caller that a filter selects. Returns whether a connection is open: if not, changes are missed.
 *
 * @param filter the query of `GET /events`
 */
export const useJobEvents = (filter: string, listener: JobListener): boolean => {
  const [isOpen, setIsOpen] = useState(false)
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(() => {
    const controller = new AbortController()
    followEvents({
      path: "events",
      query: new URLSearchParams(filter),
      onEvent: ({ data, name }) => {
        if (name === "reload") latest.current.onReload()
        else latest.current.onJob(JSON.parse(data) as ListedJob)
      },
      onConnection: setIsOpen,
      // The caller asks for the list meanwhile, and shows why it cannot.
      onProblem: () => undefined,
      isDone: () => false,
      signal: controller.signal,
    }).catch((error: unknown) => {
      if (!controller.signal.aborted) throw error
    })
    return () => controller.abort()
  }, [filter])
  return isOpen
}
