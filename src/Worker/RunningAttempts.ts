import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import type { Claim } from "../Domain/job/Claim.ts"
import { crashVerdict } from "../Domain/job/CrashVerdict.ts"
import type { JobId } from "../Domain/job/Job.ts"
import type { Attempt } from "../Domain/job/Jobs.ts"
import { Meter } from "./Meter.ts"
import type { RunningAttempt } from "./RunAttempt.ts"

/** The attempts this replica runs, each in a fiber of its own. */
export class RunningAttempts extends Context.Service<
  RunningAttempts,
  {
    /** Those that run now. */
    readonly list: () => ReadonlyArray<RunningAttempt>
    /** Opened when a slot becomes free, and by whoever knows of waiting jobs. */
    readonly wake: Latch.Latch
    /** Starts an attempt. An older attempt of the same job, whose claim must have lapsed, is stopped. */
    readonly start: <R>(
      attempt: Attempt,
      crashes: number,
      run: (running: RunningAttempt) => Effect.Effect<void, never, R>,
    ) => Effect.Effect<void, never, R>
    /** True while an attempt is here that must be alone: no other may be started. */
    readonly isReserved: () => boolean
    /** Stops the job's attempt, whichever it is, if it runs here and does not settle already; waits for its end. */
    readonly cancel: (jobId: JobId) => Effect.Effect<void>
    /** The same for one attempt, whose claim is gone; a later attempt of the job goes on. */
    readonly abandon: (claim: Claim) => Effect.Effect<void>
    /** Waits until none is left. */
    readonly awaitEmpty: Effect.Effect<void>
    /** Stops all, as a shutdown does, and waits until they have given their jobs back. */
    readonly stopAll: Effect.Effect<void>
  }
>()("sluice/Worker/RunningAttempts") {
  static readonly layer = Layer.effect(
    RunningAttempts,
    Effect.gen(function* () {
      const fibers = yield* FiberMap.make<JobId, void, never>()
      const running = new Map<JobId, RunningAttempt>()
      const wake = yield* Latch.make(false)
      const anyEnd = yield* Latch.make(false)

      const untilAlone: Effect.Effect<void> = Effect.suspend(() =>
        running.size <= 1 ? Effect.void : Effect.andThen(anyEnd.await, untilAlone),
      )

      const stop = Effect.fnUntraced(function* (
        found: RunningAttempt | undefined,
        as: "cancelled" | "claim_lost",
      ) {
        if (found === undefined || found.isSettling) return
        found.interruptedAs ??= as
        yield* FiberMap.remove(fibers, found.attempt.claim.jobId)
      })
      const abandon = (claim: Claim) =>
        Effect.suspend(() => {
          const found = running.get(claim.jobId)
          return found?.attempt.claim.retryCount === claim.retryCount
            ? stop(found, "claim_lost")
            : Effect.void
        })

      const start = <R>(
        attempt: Attempt,
        crashes: number,
        run: (running: RunningAttempt) => Effect.Effect<void, never, R>,
      ): Effect.Effect<void, never, R> =>
        Effect.gen(function* () {
          const { jobId } = attempt.claim
          yield* stop(running.get(jobId), "claim_lost")
          const entry: RunningAttempt = {
            attempt,
            meter: new Meter(),
            crashes,
            turn: crashVerdict(crashes) === "LoadAlone" ? untilAlone : Effect.void,
            isSettling: false,
            committedRows: undefined,
            interruptedAs: undefined,
          }
          running.set(jobId, entry)
          const ended = Effect.suspend(() => {
            if (running.get(jobId) === entry) running.delete(jobId)
            return Effect.andThen(anyEnd.release, wake.open)
          })
          yield* FiberMap.run(fibers, jobId, Effect.ensuring(run(entry), ended))
        })

      return RunningAttempts.of({
        list: () => [...running.values()],
        wake,
        start,
        isReserved: () => [...running.values()].some(({ crashes }) => crashVerdict(crashes) === "LoadAlone"),
        cancel: (jobId) => Effect.suspend(() => stop(running.get(jobId), "cancelled")),
        abandon,
        awaitEmpty: FiberMap.awaitEmpty(fibers),
        stopAll: FiberMap.clear(fibers),
      })
    }),
  )
}
