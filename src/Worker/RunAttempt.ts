import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type { ClaimLost } from "../Domain/CopySink.ts"
import { type Attempt, Jobs } from "../Domain/Jobs.ts"
import { type LoadError, loadError } from "../Domain/LoadError.ts"
import { verdict } from "../Domain/RetryVerdict.ts"
import { loadFile, type StageTimes } from "./LoadFile.ts"
import { recordAttempt } from "./LoadMetrics.ts"
import type { Meter } from "./Meter.ts"
import { WorkerSettings } from "../Domain/WorkerSettings.ts"

/** How an attempt ended, as its log line and its metrics say. */
type Outcome = "completed" | "retry" | "failed" | "cancelled" | "claim_lost" | "released" | "unsettled"

/** What the claim loop and a running attempt tell each other. */
export interface RunningAttempt {
  readonly attempt: Attempt
  readonly meter: Meter
  /** True from the moment the attempt settles its claim itself: it must not be touched any more. */
  isSettling: boolean
  /** Why the claim loop interrupts the attempt; unset, the process is shutting down. */
  interruptedAs: "cancelled" | "claim_lost" | undefined
}

/** A settle that finds no database tries again for a while; then the queue notices the silence by itself. */
const patience = Schedule.spaced("500 millis").pipe(Schedule.upTo({ times: 20 }))

const lost = (maxAttempts: number) =>
  loadError(
    "worker_lost",
    `The worker died or lost its database on each of ${maxAttempts} attempts, so this file is not tried again. ` +
      "The workers' logs and memory limits may tell why.",
  )

/** A defect is ours: it is logged whole, and the job's record says no more than that. */
const fromDefect = (cause: Cause.Cause<unknown>): Effect.Effect<LoadError> =>
  Effect.as(
    Effect.logError("an attempt died of a defect", cause),
    loadError("internal_error", "The worker failed in a way it should not. Its log tells more."),
  )

/** What an attempt came to, and what its log line says beside. */
interface Settled {
  readonly outcome: Outcome
  readonly error?: LoadError
  readonly retryIn?: Duration.Duration
}

const settleFailure = Effect.fnUntraced(function* (running: RunningAttempt, error: LoadError) {
  const jobs = yield* Jobs
  const { maxAttempts } = yield* WorkerSettings
  const { claim, attempt } = running.attempt
  const decided = verdict(error, { attempt, maxAttempts, jitter: yield* Random.next })
  if (decided._tag === "FailForGood") {
    const held = yield* Effect.retry(jobs.fail(claim, error, running.meter.read()), patience)
    return { error, outcome: held ? "failed" : "claim_lost" } satisfies Settled
  }
  const held = yield* Effect.retry(jobs.retry(claim, error, decided.delay), patience)
  return { error, outcome: held ? "retry" : "claim_lost", retryIn: decided.delay } satisfies Settled
})

/**
 * Gives the job back for another replica unless the attempt was told to stop: a cancelled or lost claim has
 * been settled by whoever took it away.
 */
const settleInterruption = Effect.fnUntraced(function* (running: RunningAttempt) {
  if (running.interruptedAs !== undefined) return { outcome: running.interruptedAs } satisfies Settled
  const jobs = yield* Jobs
  const held = yield* Effect.retry(jobs.release(running.attempt.claim), patience)
  return { outcome: held ? "released" : "claim_lost" } satisfies Settled
})

const settle = Effect.fnUntraced(
  function* (running: RunningAttempt, exit: Exit.Exit<number, LoadError | ClaimLost>) {
    if (Exit.isSuccess(exit)) return { outcome: "completed" } satisfies Settled
    if (Cause.hasInterruptsOnly(exit.cause)) return yield* settleInterruption(running)
    const failure = Cause.findError(exit.cause)
    if (Result.isFailure(failure)) return yield* settleFailure(running, yield* fromDefect(exit.cause))
    if (failure.success._tag === "ClaimLost")
      return { outcome: running.interruptedAs ?? "claim_lost" } satisfies Settled
    return yield* settleFailure(running, failure.success)
  },
  // No claim is renewed from here on: the queue gives the job to another worker.
  Effect.catchTag("ServiceUnavailable", (error) =>
    Effect.as(
      Effect.logError("an attempt could not be settled").pipe(
        Effect.annotateLogs({ operation: error.operation, reason: error.message }),
      ),
      {
        outcome: "unsettled",
      } satisfies Settled,
    ),
  ),
)

/**
 * Runs one attempt to its end and settles it: completed in the load's own transaction, else given back or
 * failed by the verdict. Writes one line of log that tells the attempt's whole story.
 */
export const runAttempt = Effect.fnUntraced(function* (running: RunningAttempt) {
  const { attempt, meter } = running
  const { maxAttempts } = yield* WorkerSettings
  const started = yield* Clock.currentTimeMillis
  const times: StageTimes = { openMillis: 0, headerMillis: 0, copyMillis: 0 }
  const load =
    attempt.attempt > maxAttempts
      ? Effect.fail(lost(maxAttempts))
      : loadFile(attempt, {
          meter,
          times,
          onSettling: Effect.sync(() => {
            running.isSettling = true
          }),
        })
  yield* Effect.annotateCurrentSpan({
    "sluice.job.id": attempt.claim.jobId,
    "sluice.attempt": attempt.attempt,
    "sluice.table": attempt.table,
  })

  yield* Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(restore(load))
      running.isSettling = true
      const settled: Settled = yield* settle(running, exit)
      const { error, outcome, retryIn } = settled
      const millis = (yield* Clock.currentTimeMillis) - started
      const rows = Exit.isSuccess(exit) ? exit.value : 0
      yield* recordAttempt({ outcome, rows, bytes: meter.bytesReceived, seconds: millis / 1000 })
      yield* Effect.annotateCurrentSpan({
        "sluice.outcome": outcome,
        ...(error === undefined ? {} : { "sluice.error.code": error.code }),
      })
      const line = error === undefined ? Effect.logInfo("attempt ended") : Effect.logWarning("attempt ended")
      yield* Effect.annotateLogs(line, {
        job_id: attempt.claim.jobId,
        attempt: attempt.attempt,
        outcome,
        host: URL.parse(attempt.fileUrl)?.host,
        table: attempt.table,
        rows,
        bytes: meter.bytesReceived,
        duration_ms: millis,
        open_ms: times.openMillis,
        header_ms: times.headerMillis,
        copy_ms: times.copyMillis,
        ...(error === undefined ? {} : { error_code: error.code, error: error.message, ...error.place }),
        ...(retryIn === undefined ? {} : { retry_in_ms: Math.round(Duration.toMillis(retryIn)) }),
      })
    }),
  )
})
