import { sleep } from "./sleep.ts"
import { isTransient, type Problem, problemIn, unreachable } from "./Problem.ts"
import { type ApiRequest, send } from "./request.ts"
import { readEvents, type ServerEvent } from "./serverEvents.ts"

/** Between two requests while the service is away. */
const pause = 1000

/** The service sends a comment more often than this. A connection that is silent for longer is dead. */
const longestSilence = 45_000

/** Whether the tab can be seen. One that cannot gives up its connection, because browsers open only six to a host. */
const isSeen = () => document.visibilityState === "visible"

const untilSeen = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    const check = () => {
      if (!isSeen()) return
      document.removeEventListener("visibilitychange", check)
      signal.removeEventListener("abort", abort)
      resolve()
    }
    document.addEventListener("visibilitychange", check, { signal })
    signal.addEventListener("abort", abort)
    check()
  })

/** A stream of events. */
interface EventStream {
  readonly path: string
  readonly query?: ApiRequest["query"]
  readonly onEvent: (event: ServerEvent) => void
  /** Called when a connection is open, and when it is no longer. */
  readonly onConnection?: (isOpen: boolean) => void
  readonly signal: AbortSignal
}

/** One connection, until it ends for any reason. Returns why it could not be opened. */
const readOnce = async (stream: EventStream): Promise<Problem | null> => {
  const { onConnection, onEvent, path, query, signal } = stream
  const connection = new AbortController()
  const close = () => connection.abort()
  const closeIfHidden = () => {
    if (!isSeen()) close()
  }
  let silence = setTimeout(close, longestSilence)
  signal.addEventListener("abort", close)
  document.addEventListener("visibilitychange", closeIfHidden)
  try {
    const response = await send(path, {
      ...(query === undefined ? {} : { query }),
      headers: { accept: "text/event-stream" },
      signal: connection.signal,
    })
    if (response === null) return unreachable
    if (!response.ok) return problemIn(response)
    if (response.body === null) return null
    onConnection?.(true)
    await readEvents(response.body, onEvent, () => {
      clearTimeout(silence)
      silence = setTimeout(close, longestSilence)
    })
    return null
  } catch {
    // The connection broke off, or was closed above. The next one begins with the present state.
    return null
  } finally {
    clearTimeout(silence)
    document.removeEventListener("visibilitychange", closeIfHidden)
    signal.removeEventListener("abort", close)
    onConnection?.(false)
    close()
  }
}

/**
 * Follows a stream of events over gaps: each connection begins with the present state. Ends when `isDone` says so, or with a problem
 * that another request would not solve. Rejects when it is aborted.
 */
export const followEvents = async (
  options: EventStream & {
    readonly onProblem: (problem: Problem) => void
    readonly isDone: () => boolean
  },
): Promise<void> => {
  const { isDone, onProblem, signal } = options
  while (!isDone()) {
    await untilSeen(signal)
    const problem = await readOnce(options)
    signal.throwIfAborted()
    if (problem !== null) {
      onProblem(problem)
      if (!isTransient(problem)) return
    }
    if (!isDone()) await sleep(pause, signal)
  }
}
