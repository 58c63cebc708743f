import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { AttemptOutcome, AttemptPhase, type JobAttempt } from "../../../../Domain/job/attempts/JobAttempt.ts"
import { shortestPhase } from "../../../../Domain/job/attempts/shortestPhase.ts"
import type { Throughput } from "../../../../Domain/job/attempts/Throughput.ts"
import type { JobState } from "../../../../Domain/job/JobState.ts"
import { LoadErrorCode } from "../../../../Domain/load/LoadError.ts"
import { knownCode } from "./knownCode.ts"

/** An element of `sluice.job.attempts`. */
export const AttemptRow = Schema.Struct({
  attempt: Schema.Natural,
  replica: Schema.NullOr(Schema.Int),
  startedAt: Schema.DateTimeUtcFromString,
  endedAt: Schema.optionalKey(Schema.DateTimeUtcFromString),
  /** Absent while it runs, and of one that is lost. */
  outcome: Schema.optionalKey(AttemptOutcome),
  error: Schema.optionalKey(
    Schema.Struct({ code: knownCode(LoadErrorCode, "other"), message: Schema.String }),
  ),
  /** The last one until the attempt ended, or until its last report. */
  phases: Schema.Array(
    Schema.Struct({ phase: knownCode(AttemptPhase, "loading"), seconds: Schema.Finite }),
  ).pipe(Schema.withDecodingDefaultKey(Effect.succeed([]))),
})
type AttemptRow = typeof AttemptRow.Type

/** An element of `sluice.job.throughput`: seconds, bytes, rows. */
export const PointRow = Schema.Tuple([Schema.Finite, Schema.Natural, Schema.Natural])

export const toThroughput = (points: ReadonlyArray<typeof PointRow.Type>): Throughput =>
  points.map(([elapsedSeconds, bytesReceived, rowsLoaded]) => ({ elapsedSeconds, bytesReceived, rowsLoaded }))

/** Milliseconds of an attempt in its phases. */
const workedMillis = ({ phases }: AttemptRow): number => {
  const worked = phases.filter(({ phase }) => phase !== "waiting")
  return Math.round(worked.reduce((sum, phase) => sum + phase.seconds, 0) * 1000)
}

/** When the worker of an attempt reported for the last time. */
const lastReport = (row: AttemptRow): DateTime.Utc =>
  DateTime.add(row.startedAt, { milliseconds: workedMillis(row) })

/**
 * The phases of an attempt that has ended. It measured them before it sent the last statements of its transaction, so these took the rest
 * of its time. COMMIT comes after the record, and is not in it.
 */
const endedPhases = (row: AttemptRow): AttemptRow["phases"] => {
  const { endedAt, outcome, phases, startedAt } = row
  if (outcome !== "completed" || endedAt === undefined) return phases
  const lasted = DateTime.toEpochMillis(endedAt) - DateTime.toEpochMillis(startedAt)
  const seconds = (lasted - workedMillis(row)) / 1000
  return seconds < shortestPhase ? phases : [...phases, { phase: "committing", seconds }]
}

/** The attempts as the job's owner sees them. */
export const toAttempts = (rows: ReadonlyArray<AttemptRow>, state: JobState): ReadonlyArray<JobAttempt> =>
  rows.map((row, index) => {
    const { attempt, endedAt, error = null, outcome, phases, replica, startedAt } = row
    const shown = { attempt, replica, startedAt, error }
    if (outcome !== undefined)
      return { ...shown, outcome, endedAt: endedAt ?? null, phases: endedPhases(row) }
    const isLast = index === rows.length - 1
    if (!isLast || state !== "active") return { ...shown, outcome: "lost", endedAt: lastReport(row), phases }
    return {
      ...shown,
      outcome: null,
      endedAt: null,
      phases: phases.map(({ phase, seconds }, n) => ({
        phase,
        seconds: n === phases.length - 1 ? null : seconds,
      })),
    }
  })
