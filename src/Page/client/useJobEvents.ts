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

/** The list is shown after this time, in milliseconds, also if no connection has been opened. */
const patience = 500

/**
 * Follows the jobs of the caller that a filter selects. Returns whether a connection is open: if not, changes are missed. `null` until the
 * first one is open, or takes long.
 *
 * @param filter the query of `GET /events`
 */
export const useJobEvents = (filter: string, listener: JobListener): boolean | null => {
  const [known, setKnown] = useState<{ readonly filter: string; readonly isOpen: boolean } | null>(null)
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(() => {
    const controller = new AbortController()
    const setIsOpen = (isOpen: boolean) => setKnown({ filter, isOpen })
    const slow = setTimeout(() => setIsOpen(false), patience)
    followEvents({
      path: "events",
      query: new URLSearchParams(filter),
      onEvent: ({ data, name }) => {
        if (name === "reload") latest.current.onReload()
        else latest.current.onJob(JSON.parse(data) as ListedJob)
      },
      onConnection: (isOpen) => {
        clearTimeout(slow)
        if (!controller.signal.aborted) setIsOpen(isOpen)
      },
      // The caller asks for the list meanwhile, and shows why it cannot.
      onProblem: () => undefined,
      isDone: () => false,
      signal: controller.signal,
    }).catch((error: unknown) => {
      if (!controller.signal.aborted) throw error
    })
    return () => {
      clearTimeout(slow)
      controller.abort()
    }
  }, [filter])
  return known?.filter === filter ? known.isOpen : null
}
