import * as Effect from "effect/Effect"
import { AttemptTimeline, type MeasuredAttempt } from "../../../../Domain/job/attempts/AttemptTimeline.ts"
import { type AttemptOutcome, maxAttemptsKept } from "../../../../Domain/job/attempts/JobAttempt.ts"
import type { Throughput } from "../../../../Domain/job/attempts/Throughput.ts"
import type { LoadError } from "../../../../Domain/load/LoadError.ts"

/**
 * SQL of a new element of `sluice.job.attempts`.
 *
 * @param attempt SQL of its number
 */
export const begunAttempt = (attempt: string, replica: string): string =>
  `jsonb_build_array(jsonb_build_object('attempt', ${attempt}, 'replica', ${replica}, 'startedAt', now()))`

/** SQL of `attempts` with one that begins. One before it that has no outcome is lost. */
export const withBegun = (attempt: string, replica: string): string =>
  `case when jsonb_array_length(attempts) < ${maxAttemptsKept} then attempts else attempts - 0 end || ${begunAttempt(attempt, replica)}`

/** SQL of `attempts` with more members of the one that runs. */
const withMembers = (members: string): string =>
  `case when attempts -> -1 ->> 'outcome' is null and jsonb_array_length(attempts) > 0
    then jsonb_set(attempts, '{-1}', (attempts -> -1) || coalesce(${members}, '{}'))
    else attempts
  end`

/** @param phases SQL of the phases so far */
export const withPhases = (phases: string): string => withMembers(`jsonb_build_object('phases', ${phases})`)

/** @param end SQL of an `AttemptEnd`; null: the attempt is lost */
export const withEnd = (end: string): string =>
  withMembers(`(${end}) || jsonb_build_object('endedAt', clock_timestamp())`)

/** The points of `sluice.job.throughput`: seconds, bytes and rows, without their names, because it is written every second. */
export const storedPoints = (
  throughput: Throughput,
): ReadonlyArray<readonly [seconds: number, bytes: number, rows: number]> =>
  throughput.map(({ bytesReceived, elapsedSeconds, rowsLoaded }) => [
    elapsedSeconds,
    bytesReceived,
    rowsLoaded,
  ])

/** What the attempt that ends adds to its element. */
export interface AttemptEnd {
  readonly outcome: AttemptOutcome
  readonly error?: { readonly code: string; readonly message: string }
  readonly phases?: MeasuredAttempt["phases"]
}

/** How the current attempt ends, and the throughput of the job. */
export const attemptEnd = (outcome: AttemptOutcome, error?: LoadError) =>
  AttemptTimeline.pipe(
    Effect.flatMap(({ measure }) => measure),
    Effect.map(({ phases, throughput }) => ({
      end: {
        outcome,
        ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
        phases,
      } satisfies AttemptEnd,
      points: storedPoints(throughput),
    })),
  )
