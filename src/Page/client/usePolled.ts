import { useCallback, useEffect, useRef, useState } from "react"
import type { Answer, Problem } from "./http/Problem.ts"
import { type Polling, startPolling } from "./startPolling.ts"

/** A request that is repeated. */
export interface Polled<A> {
  /** The latest result, with the key of its request; `null` until the first one. */
  readonly latest: { readonly key: string; readonly value: A } | null
  /** Why the latest request failed; `null` if it did not. */
  readonly problem: Problem | null
  /** Sends the request now, or after the one in flight. */
  readonly again: () => void
}

/**
 * Sends a request when the component appears, whenever `key` changes, and then again and again while the tab is visible. `key`
 * names all that the request depends on.
 *
 * @param interval in milliseconds
 * @param isLive changes come in another way, so the request is repeated only after a failure, and when `isLive` changes or the tab
 *   becomes visible again. `null`: it is not known yet whether they do, and the first request waits for that
 */
export const usePolled = <A>(
  key: string,
  request: (signal: AbortSignal) => Promise<Answer<A>>,
  interval: number,
  isLive: boolean | null = false,
): Polled<A> => {
  const [latest, setLatest] = useState<Polled<A>["latest"]>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const polling = useRef<Polling>(undefined)
  const live = useRef(isLive)
  const isReady = isLive !== null
  const again = useCallback(() => polling.current?.ask(), [])
  // Before the effect that starts polling, so that the first request is not sent twice.
  useEffect(() => {
    live.current = isLive
    again()
  }, [isLive, again])
  useEffect(() => {
    if (!isReady) return
    const controller = new AbortController()
    const { signal } = controller
    const started = startPolling({
      request: () => request(signal),
      onAnswer: (answer) => {
        if (answer._tag === "Success") setLatest({ key, value: answer.value })
        setProblem(answer._tag === "Success" ? null : answer.problem)
      },
      interval,
      isLive: () => live.current === true,
      isHidden: () => document.visibilityState === "hidden",
    })
    polling.current = started
    document.addEventListener("visibilitychange", started.ask, { signal })
    return () => {
      started.stop()
      polling.current = undefined
      controller.abort()
    }
    // The key stands for the request, which is a new function at each rendering.
  }, [key, interval, isReady])
  return { latest, problem, again }
}
