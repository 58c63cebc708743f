import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { Claim } from "../Domain/job/Claim.ts"
import { decideAfterCrashes } from "../Domain/job/CrashDecision.ts"
import type { JobId } from "../Domain/job/Job.ts"
import type { Attempt } from "../Domain/job/Jobs.ts"
import { WorkerSettings } from "../Domain/service/WorkerSettings.ts"
import { InTurn, LoadTurn } from "./LoadTurn.ts"
import { ProgressCounter } from "./ProgressCounter.ts"
import { TurnQueue } from "./TurnQueue.ts"

/** Why a running attempt is stopped. */
type StopReason = "cancelled" | "claim_lost"

/** An attempt that this replica runs. */
export interface Slot {
  readonly attempt: Attempt
  /** Earlier attempts of the job that ended with the death of their worker. */
  readonly crashes: number
  readonly progress: ProgressCounter
  /**
   * Waits until the attempt may load its file: a suspect waits until nothing else runs here. Ends as interrupted if that
   * takes too long. Held by the scope.
   */
  readonly turn: Effect.Effect<void, never, Scope.Scope>
  /** Done when the attempt settles its claim itself: from then on it is neither stopped nor renewed. */
  readonly settling: Deferred.Deferred<void>
  /** Why the attempt was interrupted; not done when the process shuts down. */
  readonly stopReason: Deferred.Deferred<StopReason>
}

export const isSettling = ({ settling }: Slot): boolean => Deferred.isDoneUnsafe(settling)

/** Whether an attempt must load alone, after this many crashes of its job's workers. */
export const isSuspect = (crashes: number): boolean => decideAfterCrashes(crashes) === "LoadAlone"

/** More than the processors, because small loads mostly wait for the database's responses. */
const shortTurns = (longTurns: number): number => Math.max(8, 2 * longTurns)

/** Long loads that have queued for this time show that this replica has enough work. In milliseconds. */
const busyAfter = 500

/** Milliseconds for which a suspect waits for small loads to end. No job is claimed meanwhile. */
const suspectPatience = 5000
/** Milliseconds for which suspects are left to other replicas after one has waited in vain. */
const suspectPause = 5000
const suspectCheck = Duration.millis(100)

/** Time in which idle replicas claim a job first. */
const hesitation = Duration.millis(50)

const areStarting = (some: Iterable<LoadTurn>) => [...some].every(({ isStarting }) => isStarting)

/** The attempts that this replica runs, each in its own fiber, and the space for more. */
export class Slots extends Context.Service<
  Slots,
  {
    readonly list: () => ReadonlyArray<Slot>
    /**
     * How many more attempts may start now: none while a suspect is here, no more than can start at once, and one if long
     * loads queue for their turns.
     */
    readonly free: () => number
    /** Whether a suspect would soon be alone here: all running loads are small so far, and their sources are not slow. */
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
    /** Stops the attempt that had this claim. A later attempt of the same job continues. */
    readonly abandon: (claim: Claim) => Effect.Effect<void>
    /** Lets attempts finish until `deadline` completes, then stops the rest. Waits until all have settled. */
    readonly drain: (deadline: Effect.Effect<unknown>) => Effect.Effect<void>
  }
>()("sluice/Worker/Slots") {
  static readonly layer = Layer.effect(
    Slots,
    Effect.gen(function* () {
      const { pushingLoads, slots, usableSlots } = yield* WorkerSettings
      const clock = yield* Clock.Clock
      const permits = yield* Semaphore.make(slots)
      const fibers = yield* FiberMap.make<JobId, void, never>()
      const taken = new Map<JobId, Slot>()
      const loads = new Set<LoadTurn>()
      const wake = yield* Latch.make(false)
      const now = () => clock.currentTimeMillisUnsafe()
      const turns = {
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
      let suspectsFrom = 0
      /** Ends as interrupted, so that the suspect is released, when it is clear that it would not be alone soon. */
      const leaveWithoutTurn = (load: LoadTurn) => {
        const until = now() + suspectPatience
        const others = () => [...loads].filter((other) => other !== load)
        return Effect.sync(() => !areStarting(others()) || now() >= until).pipe(
          Effect.repeat({ until: (isVain) => isVain, schedule: Schedule.spaced(suspectCheck) }),
          Effect.andThen(
            Effect.suspend(() => {
              suspectsFrom = now() + suspectPause
              return Effect.interrupt
            }),
          ),
        )
      }
      const hasSuspect = () => [...taken.values()].some(({ crashes }) => isSuspect(crashes))

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
        const load = new LoadTurn(turns)
        const slot: Slot = {
          attempt,
          crashes,
          progress: new ProgressCounter(),
          turn: isSuspect(crashes)
            ? Effect.raceFirst(permits.takeScoped(slots), leaveWithoutTurn(load))
            : permits.takeScoped(1),
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
        free: () =>
          hasSuspect()
            ? 0
            : Math.min(Math.max(0, usableSlots() - taken.size), startable(), isBusy() ? 1 : Infinity),
        takesSuspects: () => now() >= suspectsFrom && areStarting(loads),
        isStarting: () => !hasSuspect() && taken.size < usableSlots() && startable() === 0,
        hesitate: Effect.suspend(() => (isBusy() ? Effect.sleep(hesitation) : Effect.void)),
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
