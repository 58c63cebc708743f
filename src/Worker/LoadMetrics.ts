import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type ClaimedLoad, type ClaimTimes, secondsWaited } from "../Domain/job/JobQueue.ts"
import type { Findings } from "../Domain/load/Findings.ts"
import { isRetryable, LoadErrorCode } from "../Domain/load/LoadError.ts"
import { LoadWarningCode } from "../Domain/load/LoadWarning.ts"
import { LoadMode } from "../Domain/load/options/ModeOptions.ts"
import { RejectReason } from "../Domain/load/Reject.ts"
import type { RowChanges } from "../Domain/load/SchemaChanges.ts"
import { SkipKind } from "../Domain/load/SkippedLine.ts"
import { WorkerSettings } from "../Domain/service/WorkerSettings.ts"
import { messagingAttributes } from "../Domain/telemetry/messaging.ts"
import * as Metrics from "../Domain/telemetry/Metrics.ts"
import type { ProgressCounter } from "./ProgressCounter.ts"
import type { Settled } from "./settleAttempt.ts"
import { Slots } from "./Slots.ts"

/** Counts how long the job waited until it was claimed. */
export const recordClaim = ({ claim: { retryCount }, times }: ClaimedLoad) =>
  Metrics.record(
    "sluice.job.wait_time",
    { attempt: retryCount === 0 ? "first" : "later" },
    secondsWaited(times),
  )

/** Counts what an attempt has received, loaded and rejected since it was last counted. */
export const recordProgress = (progress: ProgressCounter) =>
  Effect.suspend(() => {
    const { bytes, rejects, rows } = progress.takeNew()
    return Effect.all(
      [
        Metrics.count("sluice.source.io", {}, bytes),
        Metrics.count("sluice.rows.loaded", {}, rows),
        // Counters of zero are shown from the start on.
        ...RejectReason.literals
          .filter((reason) => rejects(reason) > 0)
          .map((reason) => Metrics.count("sluice.rows.rejected", { reason }, rejects(reason))),
      ],
      { discard: true },
    )
  })

/**
 * Counts an attempt that has ended.
 *
 * @param millis since it was claimed
 */
export const recordAttempt = (
  { error, outcome, rows = 0 }: Settled,
  { claimedAt, createdAt }: ClaimTimes,
  millis: number,
) => {
  const code = { "error.type": error?.code }
  const isEnd = outcome === "completed" || outcome === "unchanged" || outcome === "failed"
  const processed = { ...messagingAttributes("process"), ...code }
  return Effect.all(
    [
      Metrics.count("sluice.attempts", { outcome, ...code }),
      Metrics.count("sluice.rows.committed", {}, rows),
      Metrics.record("messaging.process.duration", processed, millis / 1000),
      isEnd
        ? Metrics.record("sluice.job.duration", { outcome, ...code }, (claimedAt - createdAt + millis) / 1000)
        : Effect.void,
    ],
    { discard: true },
  )
}

const runOutcomes: ReadonlyArray<Settled["outcome"]> = ["completed", "unchanged", "failed", "cancelled"]

/** Counts the attempt of a source's run, if the run has ended with it. */
export const recordRun = ({ outcome }: Settled) =>
  runOutcomes.includes(outcome) ? Metrics.count("sluice.source.runs", { outcome }) : Effect.void

const changesOfRows = ["inserted", "updated", "deleted"] as const

/** Counts what a completed load did to the rows of its table. */
export const recordChanges = (mode: LoadMode, changes: RowChanges) =>
  Effect.forEach(
    changesOfRows,
    (change) => Metrics.count("sluice.rows.changed", { mode, change }, changes[change]),
    {
      discard: true,
    },
  )

/** Counts the files, the skipped lines, the rewrites and the warnings of a completed load. */
export const recordFindings = (findings: Pick<Findings, "files" | "rewrites" | "skipped" | "warnings">) =>
  Effect.all(
    [
      Metrics.count("sluice.files.committed", {}, findings.files?.length ?? 1),
      Metrics.count("sluice.load.rewrites", {}, findings.rewrites ?? 0),
      ...Object.entries(findings.skipped).map(([kind, count]) =>
        Metrics.count("sluice.lines.skipped", { kind }, count),
      ),
      ...findings.warnings.map(({ code }) => Metrics.count("sluice.load.warnings", { code })),
    ],
    { discard: true },
  )

const attemptSeries = [
  ...["completed", "unchanged", "cancelled", "released", "claim_lost"].map((outcome) => ({ outcome })),
  { outcome: "unsettled", "error.type": "database_unavailable" },
  ...LoadErrorCode.literals.map((code) => ({ outcome: "failed", "error.type": code })),
  ...LoadErrorCode.literals.filter(isRetryable).map((code) => ({ outcome: "retry", "error.type": code })),
]

/** Shows the metrics of a worker from its start on. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const { usableSlots } = yield* WorkerSettings
    const running = yield* Slots
    const used = () => running.list().length
    yield* Metrics.observe("sluice.worker.slots", { state: "used" }, used)
    yield* Metrics.observe("sluice.worker.slots", { state: "available" }, () =>
      Math.max(0, usableSlots() - used()),
    )
    yield* Metrics.startAtZero("sluice.attempts", attemptSeries)
    yield* Metrics.startAtZero(
      "sluice.source.runs",
      runOutcomes.map((outcome) => ({ outcome })),
    )
    yield* Metrics.startAtZero("sluice.source.io")
    yield* Metrics.startAtZero("sluice.rows.loaded")
    yield* Metrics.startAtZero("sluice.rows.committed")
    yield* Metrics.startAtZero("sluice.files.committed")
    yield* Metrics.startAtZero(
      "sluice.rows.changed",
      LoadMode.literals.flatMap((mode) => changesOfRows.map((change) => ({ mode, change }))),
    )
    yield* Metrics.startAtZero(
      "sluice.rows.rejected",
      RejectReason.literals.map((reason) => ({ reason })),
    )
    yield* Metrics.startAtZero(
      "sluice.lines.skipped",
      SkipKind.literals.map((kind) => ({ kind })),
    )
    yield* Metrics.startAtZero("sluice.load.rewrites")
    yield* Metrics.startAtZero(
      "sluice.load.warnings",
      LoadWarningCode.literals.map((code) => ({ code })),
    )
  }),
)
