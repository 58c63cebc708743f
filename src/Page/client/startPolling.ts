import type { Answer } from "./http/Problem.ts"

/** A request that is sent again and again. */
export interface Polling {
  /** Sends the request: now, or after the one in flight, whose response may be older than what the caller knows. */
  readonly ask: () => void
  readonly stop: () => void
}

/** Sends a request, and again after each response. There is never more than one in flight, and none is aborted for the next one. */
export const startPolling = <A>(options: {
  readonly request: () => Promise<Answer<A>>
  readonly onAnswer: (answer: Answer<A>) => void
  /** Between a response and the next request, in milliseconds. */
  readonly interval: number
  /** Whether the caller learns of changes in another way, so that only a failed request is repeated. */
  readonly isLive: () => boolean
  /** Whether nobody sees the result. The caller asks when this ends. */
  readonly isHidden: () => boolean
}): Polling => {
  const { interval, isHidden, isLive, onAnswer, request } = options
  let timer: ReturnType<typeof setTimeout> | undefined
  let isAsking = false
  let isDue = false
  let isStopped = false
  const send = async () => {
    isAsking = true
    isDue = false
    const answer = await request().finally(() => {
      isAsking = false
    })
    if (isStopped) return
    onAnswer(answer)
    if (answer._tag === "Success" && isDue) ask()
    else if (answer._tag === "Failure" || !isLive()) timer = setTimeout(ask, interval)
  }
  const ask = () => {
    clearTimeout(timer)
    if (isStopped || isHidden()) return
    if (isAsking) isDue = true
    else
      send().catch((error: unknown) => {
        if (!isStopped) throw error
      })
  }
  ask()
  return {
    ask,
    stop: () => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
