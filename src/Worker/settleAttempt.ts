import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type { ClaimLost } from "../Domain/job/CopySink.ts"
import { JobFence } from "../Domain/job/fence/JobFence.ts"
import { type FileRead, Jobs } from "../Domain/job/Jobs.ts"
import { decideRetry } from "../Domain/job/attempts/RetryDecision.ts"
import { type LoadError, loadError } from "../Domain/load/LoadError.ts"
import { Caller, theService } from "../Domain/service/Caller.ts"
import { ServiceUnavailable } from "../Domain/service/ServiceUnavailable.ts"
import type { FileUnchanged } from "../Domain/source/FileVersion.ts"
import { withTimeout } from "../Domain/service/withTimeout.ts"
import { WorkerSettings } from "../Domain/service/WorkerSettings.ts"
import { isUpload } from "../Domain/source/UploadUrl.ts"
import type { Slot } from "./Slots.ts"

/** The result of an attempt, as its log line and its metrics report it. */
export interface Settled {
  readonly outcome:
    | "completed"
    | "unchanged"
    | "retry"
    | "failed"
    | "cancelled"
    | "claim_lost"
    | "released"
    | "unsettled"
  /** Rows committed. */
  readonly rows?: number
  readonly error?: LoadError
  readonly retryIn?: Duration.Duration
}

const callTimeout = Duration.seconds(5)

/** Waits out a short outage. After a longer one the queue notices that the claim is no longer renewed. */
const settleRetries = Schedule.spaced("500 millis").pipe(Schedule.upTo({ times: 20 }))

/** Until it is asked again whether a job that must fail has its table. */
const fenceDelay = Duration.seconds(30)

/**
 * What happened to a job whose claim is gone: it was cancelled, or this attempt's own commit succeeded but the
 * connection broke before the response, or another worker has the job.
 */
const whenClaimIsGone = Effect.fnUntraced(function* ({ attempt: { attempt, claim } }: Slot) {
  const jobs = yield* Jobs
  const found = yield* withTimeout(
    callTimeout,
    "look at a job",
  )(Effect.provideService(jobs.find(claim.jobId), Caller, theService))
  const job = Option.getOrUndefined(found)
  if (job?.state === "cancelled") return { outcome: "cancelled" } satisfies Settled
  if (job?.state === "completed" && job.attempt === attempt)
    return { outcome: "completed", rows: job.progress.rowsLoaded } satisfies Settled
  return { outcome: "claim_lost" } satisfies Settled
})

/** Settles the claim. Returns `settled`, or what happened to the job if the claim is gone. */
const settleAs = Effect.fnUntraced(function* <E extends { readonly _tag: string }>(
  slot: Slot,
  settling: Effect.Effect<boolean, E>,
  settled: Settled,
) {
  const held = yield* Effect.retry(withTimeout(callTimeout, "settle an attempt")(settling), {
    while: ({ _tag }) => _tag === "ServiceUnavailable",
    schedule: settleRetries,
  })
  return held ? settled : yield* whenClaimIsGone(slot)
})

/** How the file was read until the failure; `null` if its format was not known. */
const readPart = ({ progress }: Slot): FileRead | null => {
  const findings = progress.findings()
  return findings === null ? null : { findings, compression: progress.source?.compression() ?? null }
}

/** The number of failures if this attempt fails. Crashes have their own limit (`CrashDecision`) and do not use up the retries. */
export const failuresWith = ({ attempt: { attempt }, crashes }: Slot): number =>
  Math.max(attempt - crashes, 1)

const settleFailure = Effect.fnUntraced(function* (slot: Slot, error: LoadError) {
  const jobs = yield* Jobs
  const { maxAttempts } = yield* WorkerSettings
  const { claim } = slot.attempt
  const decision = isUpload(slot.attempt.fileUrl)
    ? ({ _tag: "Fail" } as const)
    : decideRetry(error, { attempt: failuresWith(slot), maxAttempts, jitter: yield* Random.next })
  const retryAfter = (delay: Duration.Duration) =>
    settleAs(slot, jobs.retry(claim, error, delay), { error, outcome: "retry", retryIn: delay })
  if (decision._tag === "RetryAfter") return yield* retryAfter(decision.delay)
  const failing = jobs.fail(claim, error, slot.progress.read(), readPart(slot))
  return yield* settleAs(slot, failing, { error, outcome: "failed" }).pipe(
    Effect.catchTag("FenceUnavailable", ({ message }) =>
      isUpload(slot.attempt.fileUrl)
        ? Effect.fail(new ServiceUnavailable({ operation: "fail a job", message }))
        : retryAfter(fenceDelay),
    ),
  )
})

/** Until a job whose attempt met an outage is claimed again, if nobody knows of the outage. */
const outageDelay = Duration.seconds(1)

/**
 * Releases the job if its attempt met an outage of the database of its table before it read anything: the job waits for that database,
 * and the attempt does not count. `null` if the database responds, or the load may be what took it down.
 */
const settleOutage = Effect.fnUntraced(function* (slot: Slot, error: LoadError) {
  const { claim, fileUrl, target } = slot.attempt
  if (error.code !== "database_unavailable" || target === null || isUpload(fileUrl)) return null
  if (slot.progress.bytesReceived > 0) return null
  const fence = yield* JobFence
  if (yield* fence.responds(target)) return null
  yield* Effect.sleep(outageDelay)
  const jobs = yield* Jobs
  return yield* settleAs(slot, jobs.release(claim), { error, outcome: "released" })
})

const uploadInterrupted = (received: number) =>
  loadError(
    "upload_interrupted",
    `The connection of the upload was closed before the response, after ${received} bytes of the file: the client is gone, or the service was stopped. Nothing was loaded. Send the file again.`,
  )

/** Releases the job for another replica, unless the attempt was stopped because its claim is gone. An upload fails. */
const settleInterruption = Effect.fnUntraced(function* (slot: Slot) {
  const jobs = yield* Jobs
  const { attempt, progress } = slot
  if (!Deferred.isDoneUnsafe(slot.stopReason) && isUpload(attempt.fileUrl))
    return yield* settleFailure(slot, uploadInterrupted(progress.bytesReceived))
  if (!Deferred.isDoneUnsafe(slot.stopReason))
    return yield* settleAs(slot, jobs.release(attempt.claim), { outcome: "released" })
  return (yield* Deferred.await(slot.stopReason)) === "cancelled"
    ? ({ outcome: "cancelled" } satisfies Settled)
    : yield* whenClaimIsGone(slot)
})

/** The log gets the whole cause of a bug. The job's record only says that there was one. */
const internalError = (cause: Cause.Cause<unknown>): Effect.Effect<LoadError> =>
  Effect.as(
    Effect.logError("an attempt failed with an unexpected error", cause),
    loadError("internal_error", "The worker failed unexpectedly. Its log has the details."),
  )

/** What a load can fail with. */
type LoadFailure = LoadError | ClaimLost | FileUnchanged

const settle = Effect.fnUntraced(function* (slot: Slot, exit: Exit.Exit<number, LoadFailure>) {
  if (Exit.isSuccess(exit)) return { outcome: "completed", rows: exit.value } satisfies Settled
  if (Cause.hasInterruptsOnly(exit.cause)) return yield* settleInterruption(slot)
  const failure = Cause.findError(exit.cause)
  if (Result.isFailure(failure)) return yield* settleFailure(slot, yield* internalError(exit.cause))
  if (failure.success._tag === "ClaimLost") return yield* whenClaimIsGone(slot)
  if (failure.success._tag === "FileUnchanged") {
    const ending = (yield* Jobs).endUnchanged(slot.attempt.claim, failure.success, slot.progress.read())
    return yield* settleAs(slot, ending, { outcome: "unchanged" })
  }
  return (yield* settleOutage(slot, failure.success)) ?? (yield* settleFailure(slot, failure.success))
})

/** Nobody renews the claim any more, so the queue will give the job to another worker. */
const unsettled = (exit: Exit.Exit<number, LoadFailure>, failure: ServiceUnavailable) => {
  const cause = Exit.isFailure(exit) ? Cause.findError(exit.cause) : undefined
  const error =
    cause !== undefined && Result.isSuccess(cause) && cause.success._tag === "LoadError"
      ? cause.success
      : loadError("database_unavailable", `The result of the attempt could not be saved: ${failure.message}.`)
  return { outcome: "unsettled", error } satisfies Settled
}

/** Settles the claim of an attempt whose load has ended, unless the load's own transaction did so. */
export const settleAttempt = (
  slot: Slot,
  exit: Exit.Exit<number, LoadFailure>,
): Effect.Effect<Settled, never, Jobs | WorkerSettings> =>
  Effect.catchTag(settle(slot, exit), "ServiceUnavailable", (failure) =>
    Effect.succeed(unsettled(exit, failure)),
  )
