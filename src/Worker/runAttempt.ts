import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Record from "effect/Record"
import { AttemptTimeline } from "../Domain/job/attempts/AttemptTimeline.ts"
import type { SettlingHooks } from "../Domain/job/CopySink.ts"
import { isGivenUp } from "../Domain/job/attempts/CrashDecision.ts"
import { fileUrlsOf } from "../Domain/job/Jobs.ts"
import { type ClaimedLoad, secondsWaited } from "../Domain/job/JobQueue.ts"
import { loadError } from "../Domain/load/LoadError.ts"
import { defaultMode } from "../Domain/load/options/ModeOptions.ts"
import { WorkerSettings } from "../Domain/service/WorkerSettings.ts"
import { loadFile } from "./LoadFile.ts"
import { recordAttempt, recordChanges, recordFindings, recordProgress, recordRun } from "./LoadMetrics.ts"
import { failuresWith, settleAttempt } from "./settleAttempt.ts"
import type { Slot } from "./Slots.ts"

const workerLost = (crashes: number) =>
  loadError(
    "worker_lost",
    `${crashes} workers crashed, or lost their database, while they had this file, so Sluice does not retry it. ` +
      "Check the workers' logs and memory limits.",
  )

const tooLong = (limit: Duration.Duration) =>
  loadError(
    "load_too_long",
    `The load took longer than MAX_LOAD_DURATION (${Duration.format(limit)}), so Sluice has ended it and does not retry it. ` +
      "Split the file, or ask the operator for a longer time.",
  )

const loadInTime = Effect.fnUntraced(function* (...load: Parameters<typeof loadFile>) {
  const { maxLoadDuration } = yield* WorkerSettings
  return yield* Effect.timeoutOrElse(loadFile(...load), {
    duration: maxLoadDuration,
    orElse: () => Effect.fail(tooLong(maxLoadDuration)),
  })
})

/** For a job whose last attempt could not be ended as failed, because the database of its table has to agree. */
const notEnded = (failures: number) =>
  loadError(
    "database_unavailable",
    `${failures} attempts failed, and the database of the table did not respond after the last one, so Sluice does not retry the job. ` +
      "The attempts have their reasons. Check that database, then post the job again.",
  )

/** Runs the load in its slot. Fails at once when no further attempt is due: the file has crashed too many workers, cannot be known, or has failed too often. */
const load = Effect.fnUntraced(function* (slot: Slot, hooks: SettlingHooks) {
  const { maxAttempts } = yield* WorkerSettings
  if (slot.attempt.unreadable !== undefined) return yield* slot.attempt.unreadable
  if (isGivenUp(slot.crashes)) return yield* workerLost(slot.crashes)
  const failures = failuresWith(slot) - 1
  if (failures >= maxAttempts) return yield* notEnded(failures)
  return yield* loadInTime(slot.attempt, { progress: slot.progress, hooks })
})

const provideTimeline = <A, E, R>(effect: Effect.Effect<A, E, R>, { clock }: Slot) =>
  Effect.provideService(effect, AttemptTimeline, clock.timeline)

/**
 * Runs one attempt to its end and settles its claim: in the load's own transaction when it succeeds, otherwise by a
 * retry, a failure or a release. Logs one line with the whole story of the attempt. Returns how it was settled.
 */
export const runAttempt = Effect.fnUntraced(function* (
  slot: Slot,
  claimed: Pick<ClaimedLoad, "replica" | "times">,
) {
  const { attempt, clock, progress } = slot
  clock.secondsWaited = secondsWaited(claimed.times)
  const started = yield* Clock.currentTimeMillis
  const committed = yield* Deferred.make<number>()
  const hooks: SettlingHooks = {
    onSettling: Effect.asVoid(Deferred.succeed(slot.settling, undefined)),
    onCommitted: (rows, changes) =>
      Effect.suspend(() => {
        progress.changes = changes
        return Effect.asVoid(Deferred.succeed(committed, rows))
      }),
  }

  return yield* Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(restore(load(slot, hooks)))
      clock.end()
      yield* hooks.onSettling
      // An interruption that waited for the commit ends the fiber after it, but the load is complete.
      const isCommitted = yield* Deferred.isDone(committed)
      const loaded = isCommitted ? yield* Effect.exit(Deferred.await(committed)) : exit
      const settled = yield* settleAttempt(slot, loaded)
      const { error, outcome, retryIn, rows = 0 } = settled
      const mode = attempt.options.mode ?? defaultMode
      const { changes } = progress
      const files = fileUrlsOf(attempt).length
      const millis = (yield* Clock.currentTimeMillis) - started
      yield* recordProgress(progress)
      yield* recordAttempt(settled, claimed.times, millis)
      if (attempt.refresh !== undefined) yield* recordRun(settled)
      const findings = outcome === "completed" || error !== undefined ? progress.findings() : null
      if (findings !== null && outcome === "completed") yield* recordFindings(findings)
      if (changes !== null) yield* recordChanges(mode, changes)
      yield* Effect.annotateCurrentSpan({
        "sluice.outcome": outcome,
        ...(attempt.refresh === undefined ? {} : { "sluice.source.id": attempt.refresh.sourceId }),
        "sluice.mode": mode,
        "sluice.files": files,
        "sluice.rows": rows,
        ...(changes === null
          ? {}
          : Record.mapEntries(changes, (count, change) => [`sluice.rows.${change}`, count])),
        "sluice.rows.rejected": progress.rowsRejected,
        "sluice.bytes": progress.bytesReceived,
        ...(findings === null ? {} : { "sluice.warnings": findings.warnings.map(({ code }) => code).join() }),
        ...(error === undefined ? {} : { "error.type": error.code }),
      })
      const line = error === undefined ? Effect.logInfo("attempt ended") : Effect.logWarning("attempt ended")
      yield* Effect.annotateLogs(line, {
        job_id: attempt.claim.jobId,
        ...(attempt.refresh === undefined ? {} : { source_id: attempt.refresh.sourceId }),
        attempt: attempt.attempt,
        replica: claimed.replica,
        outcome,
        host: URL.parse(attempt.fileUrl)?.host,
        ...(files === 1 ? {} : { files }),
        table: attempt.table,
        mode,
        rows,
        ...(changes === null ? {} : { changes }),
        rejected: progress.rowsRejected,
        bytes: progress.bytesReceived,
        wait_ms: Math.round(clock.secondsWaited * 1000),
        duration_ms: millis,
        open_ms: clock.millisIn("opening"),
        header_ms: clock.millisIn("detecting"),
        copy_ms: clock.millisIn("loading", "converting", "merging", "indexing", "analyzing", "committing"),
        ...(findings === null
          ? {}
          : {
              lines: findings.lines.total,
              skipped: findings.skipped,
              rewrites: findings.rewrites ?? 0,
              warnings: findings.warnings,
            }),
        ...(error === undefined ? {} : { error_code: error.code, error: error.message, ...error.place }),
        ...(retryIn === undefined ? {} : { retry_in_ms: Math.round(Duration.toMillis(retryIn)) }),
      })
      return settled
    }),
  )
}, provideTimeline)
