import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import type { Claim } from "../../src/Domain/job/Claim.ts"
import { isSuspect } from "../../src/Domain/job/attempts/CrashDecision.ts"
import type { JobId } from "../../src/Domain/job/Job.ts"
import {
  type ClaimedLoad,
  JobQueue,
  type QueuedLoad,
  type QueueSignal,
} from "../../src/Domain/job/JobQueue.ts"
import type { JobState } from "../../src/Domain/job/JobState.ts"
import { type JobEvent, next } from "./JobTransitions.ts"

interface Entry {
  readonly message: QueuedLoad
  readonly state: JobState
  readonly retryCount: number
  readonly crashes: number
  /** Earliest time, in milliseconds, at which the job can be claimed. */
  readonly claimableAt: number
}

type Entries = ReadonlyMap<JobId, Entry>

const holds = (entry: Entry | undefined, claim: Claim): entry is Entry =>
  entry !== undefined && entry.state === "active" && entry.retryCount === claim.retryCount

/**
 * A queue in memory that follows `JobTransitions.next` and fences every settle. `settle` and `makeClaimable` are for other test
 * services: `JobQueue` itself has no call that completes a job.
 */
export const make = Effect.gen(function* () {
  const entries = yield* Ref.make<Entries>(new Map())
  const signals = yield* PubSub.unbounded<QueueSignal>()

  const settle = (claim: Claim, event: JobEvent, delay = Duration.zero): Effect.Effect<boolean> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Ref.modify(entries, (all) => {
        const entry = all.get(claim.jobId)
        const state = holds(entry, claim) ? next(entry.state, event) : undefined
        if (entry === undefined || state === undefined) return [false, all] as const
        const claimableAt = now + Duration.toMillis(delay)
        return [true, new Map(all).set(claim.jobId, { ...entry, state, claimableAt })] as const
      }),
    )

  const enqueue = Effect.fn("JobQueue.enqueue")(function* (message: QueuedLoad) {
    yield* Ref.update(entries, (all) =>
      all.has(message.jobId)
        ? all
        : new Map(all).set(message.jobId, {
            message,
            state: "created",
            retryCount: 0,
            crashes: 0,
            claimableAt: 0,
          }),
    )
    yield* PubSub.publish(signals, { _tag: "JobReady" })
  })

  const cancel = Effect.fn("JobQueue.cancel")(function* (jobId: JobId) {
    const cancelled = yield* Ref.modify(entries, (all) => {
      const entry = all.get(jobId)
      const state = entry === undefined ? undefined : next(entry.state, "cancel")
      if (entry === undefined || state === undefined) return [false, all] as const
      return [true, new Map(all).set(jobId, { ...entry, state })] as const
    })
    if (cancelled) yield* PubSub.publish(signals, { _tag: "JobCancelled", jobId })
    return cancelled
  })

  const state = Effect.fn("JobQueue.state")(function* (jobId: JobId) {
    const all = yield* Ref.get(entries)
    return Option.map(Option.fromNullishOr(all.get(jobId)), (entry) => entry.state)
  })

  const claim = Effect.fn("JobQueue.claim")(function* (limit: number, { suspects = true } = {}) {
    const now = yield* Clock.currentTimeMillis
    return yield* Ref.modify(entries, (all) => {
      const after = new Map(all)
      const claimed: Array<ClaimedLoad> = []
      for (const [jobId, entry] of all) {
        const state = next(entry.state, "claim")
        if (claimed.length === limit) break
        if (state === undefined || entry.claimableAt > now) continue
        if (isSuspect(entry.crashes) && (!suspects || claimed.some(({ crashes }) => isSuspect(crashes))))
          continue
        const retryCount = entry.state === "retry" ? entry.retryCount + 1 : entry.retryCount
        after.set(jobId, { ...entry, state, retryCount })
        claimed.push({
          claim: { jobId, retryCount },
          message: entry.message,
          crashes: entry.crashes,
          hasMore: false,
          replica: 1,
          times: { createdAt: entry.claimableAt, dueAt: entry.claimableAt, claimedAt: now },
        })
      }
      return [claimed, after] as const
    })
  })

  const hasDue = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    return [...(yield* Ref.get(entries)).values()].some(
      (entry) => next(entry.state, "claim") !== undefined && entry.claimableAt <= now,
    )
  })

  const touch = Effect.fn("JobQueue.touch")(function* (claims: ReadonlyArray<Claim>) {
    const all = yield* Ref.get(entries)
    return claims.filter((claim) => holds(all.get(claim.jobId), claim))
  })

  const retry = Effect.fn("JobQueue.retry")((claim: Claim, delay: Duration.Duration) =>
    settle(claim, "retry", delay),
  )
  const fail = Effect.fn("JobQueue.fail")((claim: Claim) => settle(claim, "fail"))
  const release = Effect.fn("JobQueue.release")((claim: Claim) =>
    Effect.tap(settle(claim, "release"), (released) =>
      released ? PubSub.publish(signals, { _tag: "JobReady" }) : Effect.void,
    ),
  )

  /** Returns the job to the queue as if its worker had died. */
  const crash = (claim: Claim): Effect.Effect<void> =>
    Effect.gen(function* () {
      if (!(yield* settle(claim, "retry"))) return
      yield* Ref.update(entries, (all) => {
        const entry = all.get(claim.jobId)
        return entry === undefined
          ? all
          : new Map(all).set(claim.jobId, { ...entry, crashes: entry.crashes + 1 })
      })
      yield* PubSub.publish(signals, { _tag: "JobReady" })
    })

  /** Makes a job that waits for its retry claimable now. */
  const makeClaimable = (jobId: JobId): Effect.Effect<void> =>
    Ref.update(entries, (all) => {
      const entry = all.get(jobId)
      return entry === undefined ? all : new Map(all).set(jobId, { ...entry, claimableAt: 0 })
    })

  const queue = JobQueue.of({
    announce: Effect.void,
    cancel,
    state,
    claim,
    hasDue,
    leave: Effect.void,
    holder: Effect.succeed(1),
    touch,
    retry,
    fail,
    release,
    signals: Stream.concat(Stream.succeed<QueueSignal>({ _tag: "Listening" }), Stream.fromPubSub(signals)),
  })
  return { queue, enqueue, settle, crash, makeClaimable }
})
