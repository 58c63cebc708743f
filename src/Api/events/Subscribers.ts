import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type { Scope } from "effect/Scope"
import * as Stream from "effect/Stream"
import type { ChooseJobs } from "../../Domain/job/list/chooseJobs.ts"
import type { JobSummary } from "../../Domain/job/list/JobSummary.ts"
import type { Owner } from "../../Domain/service/Caller.ts"

/** A client with more unsent events is too slow. Its stream ends, and it can continue after the last event that it has. */
const maxUnsent = 2000

interface Subscriber {
  readonly owner: Owner | null
  readonly choose: ChooseJobs
  readonly unsent: Queue.Queue<Uint8Array, Cause.Done>
}

/** The streams of all jobs in this process. */
export interface Subscribers {
  /** What is published for the owner from now on, until the scope closes; `null`: for all owners. */
  readonly subscribe: (
    owner: Owner | null,
    choose: ChooseJobs,
  ) => Effect.Effect<Stream.Stream<Uint8Array>, never, Scope>
  /** Sends the event to all streams, or that of a job to those of its owner that choose it. */
  readonly publish: (event: Uint8Array, of?: { readonly owner: Owner; readonly job: JobSummary }) => void
  /** Ends all streams, and those to come. */
  readonly end: () => void
}

export const subscribers = (): Subscribers => {
  const all = new Set<Subscriber>()
  let isEnded = false
  return {
    subscribe: (owner, choose) =>
      Effect.acquireRelease(
        Effect.map(Queue.dropping<Uint8Array, Cause.Done>(maxUnsent), (unsent) => {
          const subscriber = { owner, choose, unsent }
          if (isEnded) Queue.endUnsafe(unsent)
          else all.add(subscriber)
          return subscriber
        }),
        (subscriber) => Effect.sync(() => all.delete(subscriber)),
      ).pipe(Effect.map(({ unsent }) => Stream.fromQueue(unsent))),
    publish: (event, of) => {
      for (const subscriber of all) {
        const { choose, owner } = subscriber
        if (of !== undefined && ((owner !== null && owner !== of.owner) || !choose(of.job))) continue
        if (Queue.offerUnsafe(subscriber.unsent, event)) continue
        all.delete(subscriber)
        Queue.endUnsafe(subscriber.unsent)
      }
    },
    end: () => {
      isEnded = true
      for (const { unsent } of all) Queue.endUnsafe(unsent)
      all.clear()
    },
  }
}
