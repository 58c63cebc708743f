import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Claim } from "../Domain/job/Claim.ts"
import { isSuspect } from "../Domain/job/attempts/CrashDecision.ts"
import type { JobId } from "../Domain/job/Job.ts"
import type { Attempt } from "../Domain/job/Jobs.ts"
import { WorkerSettings } from "../Domain/service/WorkerSettings.ts"
import { InTurn, LoadTurn } from "./turns/LoadTurn.ts"
import { AttemptClock } from "./AttemptClock.ts"
import { ProgressCounter } from "./ProgressCounter.ts"
import { TurnQueue } from "./turns/TurnQueue.ts"

/** Why a running attempt is stopped. */
type StopReason = "cancelled" | "claim_lost"

/** An attempt that this replica runs. */
export interface Slot {
  readonly attempt: Attempt
  /** Earlier attempts of the job that ended with the death of their worker. */
  readonly crashes: number
  readonly progress: ProgressCounter
  readonly clock: AttemptClock
  /** Done when the attempt settles its claim itself: from then on it is neither stopped nor renewed. */
  readonly settling: Deferred.Deferred<void>
  /** Why the attempt was interrupted; not done when the process shuts down, or the client of an upload is gone. */
  readonly stopReason: Deferred.Deferred<StopReason>
}

export const isSettling = ({ settling }: Slot): boolean => Deferred.isDoneUnsafe(settling)

/** More than the processors, because small loads mostly wait for the database's responses. Small loads have this many turns, and short ones as many. */
const shortTurns = (longTurns: number): number => Math.max(8, 2 * longTurns)

/** Long loads that have queued for this time show that this replica has enough work. In milliseconds. */
const busyAfter = 500

/** Time in which idle replicas claim a job first. */
const hesitation = Duration.millis(50)

/** The attempts that this replica runs, each in its own fiber, and the space for more. */
export class Slots extends Context.Service<
  Slots,
  {
    readonly list: () => ReadonlyArray<Slot>
    /**
     * How many more attempts may start now: no more than can start at once, and one if long loads queue for their turns.
     */
    readonly free: () => number
    /** Whether a suspect may start: it must be the only one here. */
    readonly takesSuspects: () => boolean
    /** Whether slots are free in which no attempt may start now because others are starting. */
    readonly isStarting: () => boolean
    /** Leaves jobs to other replicas for a moment if long loads queue here. */
    readonly hesitate: Effect.Effect<void>
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
    /** Stops the attempt of this job because its file does not arrive any more, unless it is settling. Waits for its end. */
    readonly interrupt: (jobId: JobId) => Effect.Effect<void>
    /** Stops the attempt that had this claim. A later attempt of the same job continues. */
    readonly abandon: (claim: Claim) => Effect.Effect<void>
    /** Lets attempts finish until `deadline` completes, then stops the rest. Waits until all have settled. */
    readonly drain: (deadline: Effect.Effect<unknown>) => Effect.Effect<void>
  }
>()("sluice/Worker/Slots") {
  static readonly layer = Layer.effect(
    Slots,
    Effect.gen(function* () {
      const { pushingLoads, usableSlots } = yield* WorkerSettings
      const clock = yield* Clock.Clock
      const fibers = yield* FiberMap.make<JobId, void, never>()
      const taken = new Map<JobId, Slot>()
      const loads = new Set<LoadTurn>()
      const wake = yield* Latch.make(false)
      const now = () => clock.currentTimeMillisUnsafe()
      const turns = {
        small: new TurnQueue(shortTurns(pushingLoads), now),
        short: new TurnQueue(shortTurns(pushingLoads), now),
        long: new TurnQueue(pushingLoads, now),
        now,
        onLong: wake.open,
      }
      const isBusy = () => turns.long.longestWait >= busyAfter
      const startable = () => {
        const starting = [...loads].filter(({ isStarting }) => isStarting).length
        return Math.max(0, 2 * shortTurns(pushingLoads) - starting)
      }
      const stop = Effect.fnUntraced(function* (slot: Slot | undefined, reason: StopReason | null) {
        if (slot === undefined || isSettling(slot)) return
        if (reason !== null) yield* Deferred.succeed(slot.stopReason, reason)
        yield* FiberMap.remove(fibers, slot.attempt.claim.jobId)
      })

      const start = Effect.fnUntraced(function* <R>(
        attempt: Attempt,
        crashes: number,
        run: (slot: Slot) => Effect.Effect<void, never, R | Scope.Scope>,
      ) {
        const { jobId } = attempt.claim
        yield* stop(taken.get(jobId), "claim_lost")
        const load = new LoadTurn(turns)
        const progress = new ProgressCounter()
        const slot: Slot = {
          attempt,
          crashes,
          progress,
          clock: new AttemptClock(now, progress),
          settling: yield* Deferred.make<void>(),
          stopReason: yield* Deferred.make<StopReason>(),
        }
        taken.set(jobId, slot)
        loads.add(load)
        const ended = Effect.suspend(() => {
          if (taken.get(jobId) === slot) taken.delete(jobId)
          loads.delete(load)
          return Effect.andThen(load.end, wake.open)
        })
        const running = Effect.provideService(Effect.scoped(run(slot)), InTurn, load.inTurn)
        yield* FiberMap.run(fibers, jobId, Effect.ensuring(running, ended))
      })

      return Slots.of({
        list: () => [...taken.values()],
        free: () => Math.min(Math.max(0, usableSlots() - taken.size), startable(), isBusy() ? 1 : Infinity),
        takesSuspects: () => ![...taken.values()].some(({ crashes }) => isSuspect(crashes)),
        isStarting: () => taken.size < usableSlots() && startable() === 0,
        hesitate: Effect.suspend(() => (isBusy() ? Effect.sleep(hesitation) : Effect.void)),
        wake,
        start,
        cancel: (jobId) => Effect.suspend(() => stop(taken.get(jobId), "cancelled")),
        interrupt: (jobId) => Effect.suspend(() => stop(taken.get(jobId), null)),
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
