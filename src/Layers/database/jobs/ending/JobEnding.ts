import type { Claim } from "../../../../Domain/job/Claim.ts"
import { messageOf } from "../../../process/describeFailure.ts"
import { quoteLiteral } from "../../../../Domain/load/columns/SqlIdentifier.ts"
import type { JobId } from "../../../../Domain/job/Job.ts"
import type { FileRead } from "../../../../Domain/job/Jobs.ts"
import type { JobState } from "../../../../Domain/job/JobState.ts"
import type { Counters } from "../../../../Domain/job/Progress.ts"
import type { LoadError } from "../../../../Domain/load/LoadError.ts"
import type { FileUnchanged } from "../../../../Domain/source/FileVersion.ts"
import { nowhere } from "../../../../Domain/load/SourcePlace.ts"
import type { Statement } from "../../postgres/Statement.ts"
import { queueName, queueTable } from "../../queue/queueTable.ts"
import { type AttemptEnd, withEnd } from "../record/attemptHistory.ts"
import {
  completedColumns,
  completedNames,
  type CompletedLoad,
  type EndedAttempt,
  failedColumns,
  type FinalColumns,
  unchangedColumns,
} from "../record/finalColumns.ts"
import { notifyDueWebhook } from "../WebhookStatements.ts"
import { noteTable } from "../LoadedTables.ts"
import { noteRun } from "./noteRun.ts"

/** SQL of the values of an ending. */
interface EndingValues {
  /** Null if the job must not be ended. */
  readonly jobId: string
  /** Of the claim that ends the job; null if no claim does. */
  readonly retryCount: string
  readonly columns: string
  readonly state: string
  /** An `AttemptEnd`; null if no attempt ends with the job. */
  readonly attempt: string
}

/**
 * Writes the final state of a job, deletes its claim and its secrets, and makes the notification of its end due. Every job ends
 * here, so this is the place for anything that must happen once per ending. Touches one row, or none if the job had ended before.
 *
 * Run it in the transaction that ends the job in pg-boss, after pg-boss: all transactions lock the queue's row first.
 *
 * `clock_timestamp()`, because `now()` is the start of the transaction, and a load's transaction may be hours old.
 */
const endingWith = (names: string, { attempt, columns, jobId, retryCount, state }: EndingValues) => ({
  also: `
      released as (
        delete from sluice.claim where job_id = ${jobId}
      ), forgotten as (
        delete from sluice.job_secret where job_id = ${jobId}
      ), due as (
        update sluice.webhook set state = 'pending', next_attempt_at = clock_timestamp()
        where job_id = ${jobId} and state = 'waiting'
        returning ${notifyDueWebhook}
      )`,
  update: `
      update sluice.job
      set (${names}) = (select ${names} from jsonb_populate_record(job, ${columns})),
        holds_name = holds_name and ${state} = 'completed', finished_at = clock_timestamp(), file_url = shown_url,
        attempts = ${withEnd(attempt)},
        reported_at = ${names.includes("bytes_received") ? "clock_timestamp()" : "reported_at"}
      where id = ${jobId} and final_state is null and (retry_count = ${retryCount} or ${retryCount} is null)`,
})

const ending = (
  jobId: JobId,
  retryCount: number | null,
  columns: FinalColumns,
  end: AttemptEnd | null,
): Statement => {
  const names = Object.keys(columns).join(", ")
  const values = {
    jobId: "$1::uuid",
    retryCount: "$2::integer",
    columns: "$3::text::jsonb",
    state: "$4::text",
    // Without a claim, an attempt ends only if a replica has the job.
    attempt:
      "select $5::text::jsonb where $2::integer is not null or exists (select from sluice.claim where job_id = $1::uuid and replica is not null)",
  }
  const { also, update } = endingWith(names, values)
  return {
    text: `with ${also}, ended as (${update} returning *), noted_run as (${noteRun("ended", "null::jsonb")}) select id from ended`,
    parameters: [
      jobId,
      retryCount,
      JSON.stringify(columns),
      columns.final_state,
      end === null ? null : JSON.stringify(end),
    ],
  }
}

/** What a fence fails with, as the text of a number that is none. */
export const claimLost = "sluice: the claim is lost"

const failures = {
  claimLost,
  noRecord: "sluice: the record is of another attempt",
}

const { also, update } = endingWith(completedNames.join(", "), {
  jobId: "(select id from settled)",
  retryCount: "$2",
  columns: "$3::jsonb",
  state: "'completed'",
  attempt: "$3::jsonb -> 'attempt'",
})

const completionStatement = `
  with settled as (
    update ${queueTable}
    set completed_on = now(), state = 'completed', output = jsonb_build_object('rows', $3::jsonb -> 'rows_loaded')
    where name = '${queueName}' and id = $1::uuid and state = 'active' and retry_count = $2::integer
    returning id
  ), ${also}, ended as (
    ${update} returning *
  ), noted as (${noteTable("(select * from ended where not unchanged) as loaded")}), noted_run as (${noteRun("ended", "$3::jsonb -> 'version'")})
  select (
    case
      when not exists (select from settled) then '${failures.claimLost}'
      when not exists (select from ended) then '${failures.noRecord}'
      else '1'
    end
  )::integer`

const completionName = "sluice_completion"

/** What the end of a load writes to its job's record, with the end of its attempt and the version of its file. */
export const completionOf = (result: CompletedLoad) => ({
  ...completedColumns(result),
  version: result.version,
  attempt: result.attempt.end,
})

/**
 * Completes the job in pg-boss's table, as its `complete` does, and in the record, in one statement. It fails if the claim no longer
 * holds, so that nothing after it in the same message is executed: run it last in the load's transaction, or first in a message that
 * is the whole transaction, but before the table has its name.
 */
export const completion = {
  name: completionName,
  statement: completionStatement,
  execute: (claim: Claim, result: CompletedLoad): string =>
    `execute ${completionName} (${quoteLiteral(claim.jobId)}, ${claim.retryCount}, ${quoteLiteral(JSON.stringify(completionOf(result)))})`,
  /** For a run that left its table as it was. Not in the transaction of a load, which is rolled back. */
  unchanged: (
    claim: Claim,
    { version }: FileUnchanged,
    counters: Counters,
    attempt: EndedAttempt,
  ): Statement => ({
    text: completionStatement,
    parameters: [
      claim.jobId,
      claim.retryCount,
      JSON.stringify({ ...unchangedColumns(counters, attempt), version, attempt: attempt.end }),
    ],
  }),
  isClaimLost: (failure: unknown): boolean => messageOf(failure).includes(failures.claimLost),
  isWithoutRecord: (failure: unknown): boolean => messageOf(failure).includes(failures.noRecord),
}

const elsewhere = endingWith(completedNames.join(", "), {
  jobId: "$1::uuid",
  retryCount: "null::integer",
  columns: "$2::text::jsonb",
  state: "'completed'",
  attempt: "$2::text::jsonb -> 'attempt'",
})

/**
 * Completes a job whose load was committed in another database, even if the claim has been lost since.
 *
 * @param completion as `completionOf` has made it
 */
export const completedElsewhere = (jobId: JobId, completion: unknown): Statement => ({
  text: `
    with queued as (
      update ${queueTable}
      set completed_on = now(), state = 'completed', output = jsonb_build_object('rows', $2::text::jsonb -> 'rows_loaded')
      where name = '${queueName}' and id = $1::uuid and state < 'completed'
    ), ${elsewhere.also}, ended as (
      ${elsewhere.update} returning *
    ), noted_run as (${noteRun("ended", "$2::text::jsonb -> 'version'", "($2::text::jsonb ->> 'loadedOid')::oid")})
    select id from ended`,
  parameters: [jobId, JSON.stringify(completion)],
})

/** The last attempt failed. */
export const failed = (
  claim: Claim,
  error: LoadError,
  counters: Counters,
  read: FileRead | null,
  attempt: EndedAttempt,
): Statement =>
  ending(claim.jobId, claim.retryCount, failedColumns(error, counters, read, attempt), attempt.end)

const nothingStored = { rows_loaded: 0, rows_rejected: 0 }

export const cancelled = (jobId: JobId): Statement =>
  ending(jobId, null, { final_state: "cancelled", ...nothingStored }, { outcome: "cancelled" })

/**
 * The queue's row has ended or is missing, but not the record: someone changed the queue's tables by hand. No rows were
 * committed, even if the queue's state is `completed`.
 */
export const endedByQueue = (jobId: JobId, state: JobState | null): Statement =>
  state === "cancelled"
    ? cancelled(jobId)
    : ending(
        jobId,
        null,
        {
          final_state: "failed",
          error: {
            code: "worker_lost",
            message:
              "The queue ended this job without the process that loaded it. Post the URL, or send the file, again.",
            ...nowhere,
          },
          ...nothingStored,
        },
        null,
      )
