import { useCallback, useEffect, useState } from "react"
import type { Answer, Problem } from "./http/Problem.ts"

/** A request that is repeated. */
export interface Polled<A> {
  /** The latest result, with the key of its request; `null` until the first one. */
  readonly latest: { readonly key: string; readonly value: A } | null
  /** Why the latest request failed; `null` if it did not. */
  readonly problem: Problem | null
  /** Sends the request now. */
  readonly again: () => void
}

/**
 * Sends a request when the component appears, whenever `key` changes, and then again and again while the tab is visible. `key`
 * names all that the request depends on.
 *
 * @param interval in milliseconds; `null`: the request is sent only once, and when the tab becomes visible again
 */
export const usePolled = <A>(
  key: string,
  request: (signal: AbortSignal) => Promise<Answer<A>>,
  interval: number | null,
): Polled<A> => {
  const [latest, setLatest] = useState<Polled<A>["latest"]>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [round, setRound] = useState(0)
  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    let timer: ReturnType<typeof setTimeout> | undefined
    const poll = async () => {
      clearTimeout(timer)
      if (document.visibilityState === "hidden") return
      const answer = await request(signal)
      if (signal.aborted) return
      if (answer._tag === "Success") setLatest({ key, value: answer.value })
      setProblem(answer._tag === "Success" ? null : answer.problem)
      if (interval !== null) timer = setTimeout(start, interval)
    }
    const start = () => {
      poll().catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
    }
    start()
    document.addEventListener("visibilitychange", start, { signal })
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
    // The key stands for the request, which is a new function at each rendering.
  }, [key, round, interval])
  const again = useCallback(() => setRound((last) => last + 1), [])
  return { latest, problem, again }
}
