import { useCallback, useEffect, useState } from "react"
import type { Answer } from "./http/Problem.ts"

/** A request of a component. */
export interface Asked<A> {
  /** The latest answer; `null` until the first one. It stays while the request is repeated. */
  readonly answer: Answer<A> | null
  readonly isAsking: boolean
  /** Repeats the request. */
  readonly again: () => void
}

/**
 * Sends a request when the component appears and whenever `key` changes, which names all that the request depends on.
 * `null` sends nothing.
 */
export const useAnswer = <A>(
  key: string | null,
  request: (signal: AbortSignal) => Promise<Answer<A>>,
): Asked<A> => {
  const [result, setResult] = useState<{ readonly key: string; readonly answer: Answer<A> } | null>(null)
  const [round, setRound] = useState(0)
  const [isAsking, setIsAsking] = useState(key !== null)
  useEffect(() => {
    if (key === null) return
    const controller = new AbortController()
    setIsAsking(true)
    request(controller.signal)
      .then((answer) => {
        if (controller.signal.aborted) return
        setResult({ key, answer })
        setIsAsking(false)
      })
      .catch(() => undefined)
    return () => controller.abort()
    // The key stands for the request, which is a new function at each rendering.
  }, [key, round])
  const again = useCallback(() => setRound((last) => last + 1), [])
  return { answer: result?.answer ?? null, isAsking, again }
}
