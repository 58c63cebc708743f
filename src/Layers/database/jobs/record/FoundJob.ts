import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Job, JobError, JobId } from "../../../../Domain/job/Job.ts"
import { isFinal, JobState } from "../../../../Domain/job/JobState.ts"
import { Callback } from "../../../../Domain/job/webhook/Callback.ts"
import { quoteLiteral } from "../../../../Domain/load/columns/SqlIdentifier.ts"
import { queueName } from "../../queue/queueTable.ts"
import { AttemptRow, PointRow, toAttempts, toThroughput } from "./AttemptRow.ts"
import { toWaiting, waitingFields } from "./WaitingRow.ts"
import { type BesideRecord, JobRow, SummaryRow, toJob } from "./JobRow.ts"

/** A newer worker may write codes and fields that this version cannot decode. Then the rest of the job is still found. */
const lenient = <S extends Schema.Constraint>(schema: S, fallback: S["Type"]) =>
  Schema.catchDecoding<S>(() => Effect.succeedSome(fallback))(schema)

/** Fields of both kinds of rows, with the state in the queue of the same snapshot. */
const found = {
  options: lenient(JobRow.fields.options, {}),
  error: Schema.NullOr(
    Schema.Struct({ ...JobError.fields, code: lenient(JobError.fields.code, "internal_error") }),
  ),
  /** `null` if the record has its final state, or the queue does not have the job. */
  queue_state: Schema.NullOr(JobState),
  next_attempt_at: Schema.NullOr(Schema.Date),
}

/** A job's record with what is stored beside it. */
export const FoundJob = Schema.Struct({
  ...JobRow.fields,
  ...found,
  columns: lenient(JobRow.fields.columns, null),
  findings: lenient(JobRow.fields.findings, null),
  /** The job before it on its table, if it waits. */
  waits_for: Schema.NullOr(JobId),
  ...waitingFields,
  callback: Schema.NullOr(Callback),
  attempts: lenient(Schema.Array(AttemptRow), []),
  throughput: lenient(Schema.NullOr(Schema.Array(PointRow)), null),
})
export type FoundJob = typeof FoundJob.Type

/** The columns of a `FoundJob` that are neither in `jobColumns` nor of other tables. */
export const historyColumns = "attempts, throughput"

/** The part of it that lists show. */
export const FoundSummary = Schema.Struct({ ...SummaryRow.fields, ...found })

/** The lateral join of `sluice.job` that finds `queueColumns`: with a limit, by the primary key and never by a hash of the queue. */
export const queuedJob = `
  left join lateral (
    select state::text as queue_state, start_after, group_id, group_tier, singleton_key, priority, created_on, blocked from boss.job as queued
    where job.final_state is null and queued.name = ${quoteLiteral(queueName)} and queued.id = job.id limit 1
  ) as queued on true`

export const queueColumns =
  "queue_state, case when queue_state = 'retry' then start_after end as next_attempt_at"

type States = Pick<FoundJob, "final_state" | "queue_state" | "next_attempt_at">

/** Whether the record or the queue knows the state of the job. Otherwise the queue's row has ended alone, or is missing. */
export const isRecorded = ({ final_state, queue_state }: States): boolean =>
  final_state !== null || (queue_state !== null && !isFinal(queue_state))

/** What the queue knows of the job, which has failed if it has ended there alone. */
export const besideRecord = (row: States, maxAttempts: number): BesideRecord => ({
  queueState: isRecorded(row) ? (row.queue_state ?? "failed") : "failed",
  nextAttemptAt: row.next_attempt_at,
  maxAttempts,
})

/** The job as its owner sees it. */
export const foundJob = (found: FoundJob, maxAttempts: number): Job => {
  const { attempts, callback, throughput, waits_for } = found
  const job = toJob(found, besideRecord(found, maxAttempts))
  return {
    ...job,
    options: callback === null ? job.options : { ...job.options, callbackUrl: callback.url },
    waitsFor: waits_for,
    waiting: toWaiting(found),
    attempts: toAttempts(attempts, job.state),
    throughput: toThroughput(throughput ?? []),
    callback,
  }
}
