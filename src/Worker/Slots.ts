import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { Claim } from "../Domain/job/Claim.ts"
import { decideAfterCrashes } from "../Domain/job/CrashDecision.ts"
import type { JobId } from "../Domain/job/Job.ts"
import type { Attempt } from "../Domain/job/Jobs.ts"
import { WorkerSettings } from "../Domain/service/WorkerSettings.ts"
import { ProgressCounter } from "./ProgressCounter.ts"

/** Why a running attempt is stopped. */
type StopReason = "cancelled" | "claim_lost"

/** An attempt that this replica runs. */
export interface Slot {
  readonly attempt: Attempt
  /** Earlier attempts of the job that ended with the death of their worker. */
  readonly crashes: number
  readonly progress: ProgressCounter
  /** Waits until the attempt may load its file: a suspect waits until nothing else runs here. Held by the scope. */
  readonly turn: Effect.Effect<void, never, Scope.Scope>
  /** Done when the attempt settles its claim itself: from then on it is neither stopped nor renewed. */
  readonly settling: Deferred.Deferred<void>
  /** Why the attempt was interrupted; not done when the process shuts down. */
  readonly stopReason: Deferred.Deferred<StopReason>
}

export const isSettling = ({ settling }: Slot): boolean => Deferred.isDoneUnsafe(settling)

/** Whether an attempt must load alone, after this many crashes of its job's workers. */
export const isSuspect = (crashes: number): boolean => decideAfterCrashes(crashes) === "LoadAlone"

/** The attempts that this replica runs, each in its own fiber, and the space for more. */
export class Slots extends Context.Service<
  Slots,
  {
    readonly list: () => ReadonlyArray<Slot>
    /** How many more attempts may start now: none while a suspect is here. */
    readonly free: () => number
    /** Opened when an attempt ends. Others may open it to wake the claim loop. */
    readonly wake: Latch.Latch
    /** Starts an attempt. First stops an older attempt of the same job, because its claim must have lapsed. */
    readonly start: <R>(
      attempt: Attempt,
      crashes: number,
      run: (slot: Slot) => Effect.Effect<void, never, R | Scope.Scope>,
    ) => Effect.Effect<void, never, Exclude<R, Scope.Scope>>
    /** Stops the attempt of this job, unless it is settling, and waits for its end. */
    readonly cancel: (jobId: JobId) => Effect.Effect<void>
    /** Stops the attempt that had this claim. A later attempt of the same job continues. */
    readonly abandon: (claim: Claim) => Effect.Effect<void>
    /** Lets attempts finish until `deadline` completes, then stops the rest. Waits until all have settled. */
    readonly drain: (deadline: Effect.Effect<unknown>) => Effect.Effect<void>
  }
>()("sluice/Worker/Slots") {
  static readonly layer = Layer.effect(
    Slots,
    Effect.gen(function* () {
      const { slots } = yield* WorkerSettings
      const permits = yield* Semaphore.make(slots)
      const fibers = yield* FiberMap.make<JobId, void, never>()
      const taken = new Map<JobId, Slot>()
      const wake = yield* Latch.make(false)

      const stop = Effect.fnUntraced(function* (slot: Slot | undefined, reason: StopReason) {
        if (slot === undefined || isSettling(slot)) return
        yield* Deferred.succeed(slot.stopReason, reason)
        yield* FiberMap.remove(fibers, slot.attempt.claim.jobId)
      })

      const start = Effect.fnUntraced(function* <R>(
        attempt: Attempt,
        crashes: number,
        run: (slot: Slot) => Effect.Effect<void, never, R | Scope.Scope>,
      ) {
        const { jobId } = attempt.claim
        yield* stop(taken.get(jobId), "claim_lost")
        const slot: Slot = {
          attempt,
          crashes,
          progress: new ProgressCounter(),
          turn: permits.takeScoped(isSuspect(crashes) ? slots : 1),
          settling: yield* Deferred.make<void>(),
          stopReason: yield* Deferred.make<StopReason>(),
        }
        taken.set(jobId, slot)
        const ended = Effect.suspend(() => {
          if (taken.get(jobId) === slot) taken.delete(jobId)
          return wake.open
        })
        yield* FiberMap.run(fibers, jobId, Effect.ensuring(Effect.scoped(run(slot)), ended))
      })

      return Slots.of({
        list: () => [...taken.values()],
        free: () => ([...taken.values()].some(({ crashes }) => isSuspect(crashes)) ? 0 : slots - taken.size),
        wake,
        start,
        cancel: (jobId) => Effect.suspend(() => stop(taken.get(jobId), "cancelled")),
        abandon: ({ jobId, retryCount }) =>
          Effect.suspend(() => {
            const slot = taken.get(jobId)
            return slot?.attempt.claim.retryCount === retryCount ? stop(slot, "claim_lost") : Effect.void
          }),
        drain: (deadline) =>
          Effect.raceFirst(FiberMap.awaitEmpty(fibers), deadline).pipe(
            Effect.interruptible,
            Effect.andThen(FiberMap.clear(fibers)),
          ),
      })
    }),
  )
}
