import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type { Scope } from "effect/Scope"
import type { JobId } from "../Job.ts"

/** Those in this process who wait for changes of jobs. */
export interface JobFollowers {
  /** As in `JobChanges`. */
  readonly follow: (jobId: JobId) => Effect.Effect<Effect.Effect<void>, never, Scope>
  readonly wake: (jobId: JobId) => void
  readonly wakeAll: () => void
}

const wakeThese = (latches: Iterable<Latch.Latch> = []): void => {
  for (const latch of latches) latch.openUnsafe()
}

export const make = (): JobFollowers => {
  const followers = new Map<string, Set<Latch.Latch>>()
  const add = (jobId: JobId) => {
    const latch = Latch.makeUnsafe(false)
    const same = followers.get(jobId)
    if (same === undefined) followers.set(jobId, new Set([latch]))
    else same.add(latch)
    return latch
  }
  const remove = (jobId: JobId, latch: Latch.Latch) => {
    const same = followers.get(jobId)
    same?.delete(latch)
    if (same?.size === 0) followers.delete(jobId)
  }
  return {
    follow: (jobId) =>
      Effect.acquireRelease(
        Effect.sync(() => add(jobId)),
        (latch) => Effect.sync(() => remove(jobId, latch)),
      ).pipe(Effect.map((latch) => Effect.andThen(latch.await, latch.close))),
    wake: (jobId) => wakeThese(followers.get(jobId)),
    wakeAll: () => {
      for (const same of followers.values()) wakeThese(same)
    },
  }
}
