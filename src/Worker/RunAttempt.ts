import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type { ClaimLost } from "../Domain/job/CopySink.ts"
import { crashVerdict } from "../Domain/job/CrashVerdict.ts"
import { type Attempt, Jobs } from "../Domain/job/Jobs.ts"
import { type LoadError, loadError } from "../Domain/load/LoadError.ts"
import { verdict } from "../Domain/job/RetryVerdict.ts"
import type { ServiceUnavailable } from "../Domain/service/ServiceUnavailable.ts"
import { withTimeout } from "../Domain/service/withTimeout.ts"
import { loadFile, type StageTimes } from "./LoadFile.ts"
import { recordAttempt } from "./LoadMetrics.ts"
import type { Meter } from "./Meter.ts"
import { WorkerSettings } from "../Domain/service/WorkerSettings.ts"

/** How an attempt ended, as its log line and its metrics say. */
type Outcome = "completed" | "retry" | "failed" | "cancelled" | "claim_lost" | "released" | "unsettled"

/** What the claim loop and a running attempt tell each other. */
export interface RunningAttempt {
  readonly attempt: Attempt
  readonly meter: Meter
  /** Earlier attempts that ended with their worker's death. */
  readonly crashes: number
  /** Waits until the attempt may load its file: one that must be alone, until it is. */
  readonly turn: Effect.Effect<void>
  /** True from the moment the attempt settles its claim itself: it must not be touched any more. */
  isSettling: boolean
  /** Set once the load is committed, whatever happens to its fiber afterwards. */
  committedRows: number | undefined
  /** Why the claim loop interrupts the attempt; unset, the process is shutting down. */
  interruptedAs: "cancelled" | "claim_lost" | undefined
}

/** A settle that finds no database tries again for a while; then the queue notices the silence by itself. */
const patience = Schedule.spaced("500 millis").pipe(Schedule.upTo({ times: 20 }))

const lost = (crashes: number) =>
  loadError(
    "worker_lost",
    `${crashes} workers that had this file died, or lost their database, before their attempt ended, ` +
      "so the file is not tried again. The workers' logs and memory limits may tell why.",
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
  /** Rows that are in the table for good. */
  readonly rows?: number
  readonly error?: LoadError
  readonly retryIn?: Duration.Duration
}

/** One try to settle, within a limit, and some more when the database does not answer. */
const patiently = <E extends ServiceUnavailable>(settling: Effect.Effect<boolean, E>) =>
  Effect.retry(withTimeout(Duration.seconds(5), "settle an attempt")(settling), patience)

/**
 * What became of a job whose claim proved to be gone: it was cancelled, or this attempt's own commit went
 * through although its answer was lost, or another worker has it.
 */
const takenAway = Effect.fnUntraced(function* (running: RunningAttempt) {
  const jobs = yield* Jobs
  const found = yield* withTimeout(
    Duration.seconds(5),
    "look at a job",
  )(jobs.find(running.attempt.claim.jobId))
  const job = Option.getOrUndefined(found)
  if (job?.state === "cancelled") return { outcome: "cancelled" } satisfies Settled
  if (job?.state === "completed" && job.attempt === running.attempt.attempt)
    return { outcome: "completed", rows: job.progress.rowsLoaded } satisfies Settled
  return { outcome: "claim_lost" } satisfies Settled
})

const settleFailure = Effect.fnUntraced(function* (running: RunningAttempt, error: LoadError) {
  const jobs = yield* Jobs
  const { maxAttempts } = yield* WorkerSettings
  const { claim, attempt } = running.attempt
  // Deaths are counted apart: they are no failures of the file's source, of which there may be so many.
  const failures = Math.max(attempt - running.crashes, 1)
  const decided = verdict(error, { attempt: failures, maxAttempts, jitter: yield* Random.next })
  if (decided._tag === "FailForGood") {
    const held = yield* patiently(jobs.fail(claim, error, running.meter.read()))
    return held ? ({ error, outcome: "failed" } satisfies Settled) : yield* takenAway(running)
  }
  const held = yield* patiently(jobs.retry(claim, error, decided.delay))
  return held
    ? ({ error, outcome: "retry", retryIn: decided.delay } satisfies Settled)
    : yield* takenAway(running)
})

/** Gives the job back for another replica, unless the attempt was told to stop because its claim is gone. */
const settleInterruption = Effect.fnUntraced(function* (running: RunningAttempt) {
  if (running.interruptedAs === "cancelled") return { outcome: "cancelled" } satisfies Settled
  if (running.interruptedAs === "claim_lost") return yield* takenAway(running)
  const jobs = yield* Jobs
  const held = yield* patiently(jobs.release(running.attempt.claim))
  return held ? ({ outcome: "released" } satisfies Settled) : yield* takenAway(running)
})

const settle = Effect.fnUntraced(function* (
  running: RunningAttempt,
  exit: Exit.Exit<number, LoadError | ClaimLost>,
) {
  const { committedRows } = running
  // An interruption that waited for the commit comes after it: the load is complete all the same.
  if (committedRows !== undefined) return { outcome: "completed", rows: committedRows } satisfies Settled
  if (Exit.isSuccess(exit)) return { outcome: "completed", rows: exit.value } satisfies Settled
  if (Cause.hasInterruptsOnly(exit.cause)) return yield* settleInterruption(running)
  const failure = Cause.findError(exit.cause)
  if (Result.isFailure(failure)) return yield* settleFailure(running, yield* fromDefect(exit.cause))
  if (failure.success._tag === "ClaimLost") return yield* takenAway(running)
  return yield* settleFailure(running, failure.success)
})

/** No claim is renewed any more: the queue will give the job to another worker. */
const unsettled = (exit: Exit.Exit<number, LoadError | ClaimLost>, failure: ServiceUnavailable) => {
  const cause = Exit.isFailure(exit) ? Cause.findError(exit.cause) : undefined
  const error =
    cause !== undefined && Result.isSuccess(cause) && cause.success._tag === "LoadError"
      ? cause.success
      : loadError("database_unavailable", `The attempt could not be settled: ${failure.message}.`)
  return { outcome: "unsettled", error } satisfies Settled
}

/**
 * Runs one attempt to its end and settles it: completed in the load's own transaction, else given back or
 * failed by the verdict. Writes one line of log that tells the attempt's whole story.
 */
export const runAttempt = Effect.fnUntraced(function* (running: RunningAttempt) {
  const { attempt, meter } = running
  const started = yield* Clock.currentTimeMillis
  const times: StageTimes = { openMillis: 0, headerMillis: 0, copyMillis: 0 }
  const load =
    crashVerdict(running.crashes) === "GiveUp"
      ? Effect.fail(lost(running.crashes))
      : Effect.andThen(
          running.turn,
          loadFile(attempt, {
            meter,
            times,
            onSettling: Effect.sync(() => {
              running.isSettling = true
            }),
            onCommitted: (rows) =>
              Effect.sync(() => {
                running.committedRows = rows
              }),
          }),
        )
  yield* Effect.annotateCurrentSpan({
    "sluice.job.id": attempt.claim.jobId,
    "sluice.attempt": attempt.attempt,
    "sluice.table": attempt.table,
  })

  yield* Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(restore(load))
      running.isSettling = true
      const settled: Settled = yield* settle(running, exit).pipe(
        Effect.catchTag("ServiceUnavailable", (failure) => Effect.succeed(unsettled(exit, failure))),
      )
      const { error, outcome, retryIn, rows = 0 } = settled
      const millis = (yield* Clock.currentTimeMillis) - started
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
