import * as Effect from "effect/Effect"

/** Time in milliseconds after which computation lets other fibers, timers and sockets run. */
const slice = 4

/** A computation that waits for its next slice. */
interface Waiter {
  /** Slices that it has had. */
  readonly slices: number
  readonly resume: () => void
}

/** In the order of their arrival. */
const waiters: Array<Waiter> = []
let isOldestNext = false
/** The next turn resumes a waiter. It stays so when the only waiter is interrupted. */
let isScheduled = false

/** Takes out a waiter: in turns the oldest one, so that each gets on, and the one with the fewest slices, so that short work ends soon. */
const takeWaiter = (): Waiter | undefined => {
  isOldestNext = !isOldestNext
  if (isOldestNext) return waiters.shift()
  const fewest = Math.min(...waiters.map(({ slices }) => slices))
  return waiters.splice(
    waiters.findIndex(({ slices }) => slices === fewest),
    1,
  )[0]
}

/** One slice per turn of the event loop: what waits for a timer or a socket waits for one slice, however many want one. */
const schedule = (): void => {
  if (isScheduled) return
  isScheduled = true
  setImmediate(resumeNext)
}

const resumeNext = (): void => {
  isScheduled = false
  const waiter = takeWaiter()
  if (waiters.length > 0) schedule()
  waiter?.resume()
}

/**
 * Makes an effect to run between the steps of a long computation. It yields to the event loop when `slice` has passed since
 * the last time that it did, so steps that take little time cost nothing.
 */
export const makePause: Effect.Effect<Effect.Effect<void>> = Effect.sync(() => {
  let start = performance.now()
  let slices = 0
  const wait = Effect.callback<void>((resume) => {
    const waiter = {
      slices: slices++,
      resume: () => {
        start = performance.now()
        resume(Effect.void)
      },
    }
    waiters.push(waiter)
    schedule()
    return Effect.sync(() => {
      const at = waiters.indexOf(waiter)
      if (at !== -1) waiters.splice(at, 1)
    })
  })
  return Effect.suspend(() => (performance.now() - start < slice ? Effect.void : wait))
})
