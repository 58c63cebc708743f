import * as Schema from "effect/Schema"
import type { Claim } from "../../../Domain/job/Claim.ts"
import type { JobError, JobId } from "../../../Domain/job/Job.ts"
import type { JobState } from "../../../Domain/job/JobState.ts"
import type { Counters } from "../../../Domain/job/Progress.ts"
import type { TypedColumn } from "../../../Domain/load/Column.ts"
import { Findings } from "../../../Domain/load/Findings.ts"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import { nowhere } from "../../../Domain/load/SourcePlace.ts"
import { type Statement, statement } from "../postgres/Statement.ts"
import { storedError } from "./JobStatements.ts"

/** Columns of `sluice.job` that an ending sets, in JSON. */
interface FinalColumns {
  readonly final_state: "completed" | "cancelled" | "failed"
  readonly error?: JobError | null
  readonly columns?: ReadonlyArray<TypedColumn>
  readonly compression?: string | null
  readonly findings?: typeof Findings.Encoded
  readonly bytes_received?: number
  readonly bytes_total?: number | null
  readonly rows_loaded: number
  readonly rows_rejected: number
  readonly resumes?: number
}

/**
 * Writes the final state of a job and deletes its claim. Every job ends here, so this is the place for anything that must
 * happen once per ending. Touches one row, or none if the job had ended before.
 *
 * Run it in the transaction that ends the job in pg-boss, after pg-boss: all transactions lock the queue's row first.
 *
 * `jsonb_populate_record` keeps the current value of each column that `columns` leaves out. `clock_timestamp()`, because
 * `now()` is the start of the transaction, and a load's transaction may be hours old.
 *
 * @param retryCount of the claim that ends the job; `null` if no claim does
 */
const ending = (jobId: JobId, retryCount: number | null, columns: FinalColumns): Statement => statement`
  with released as (
    delete from sluice.claim where job_id = ${jobId}::uuid
  )
  update sluice.job
  set (final_state, error, columns, compression, findings, bytes_received, bytes_total, rows_loaded, rows_rejected,
      resumes) = (
      select final_state, error, columns, compression, findings, bytes_received, bytes_total, rows_loaded,
        rows_rejected, resumes
      from jsonb_populate_record(job, ${JSON.stringify(columns)}::text::jsonb)
    ),
    holds_name = holds_name and ${columns.final_state}::text = 'completed', finished_at = clock_timestamp(), file_url = shown_url
  where id = ${jobId}::uuid and final_state is null
    and (retry_count = ${retryCount}::integer or ${retryCount}::integer is null)`

const received = ({ bytesReceived, bytesTotal, resumes }: Counters) => ({
  bytes_received: bytesReceived,
  bytes_total: bytesTotal,
  resumes,
})

const encodeFindings = Schema.encodeSync(Findings)

/** The load succeeded: run it last in the load's transaction. */
export const completed = (
  claim: Claim,
  result: {
    readonly columns: ReadonlyArray<TypedColumn>
    readonly compression: string | null
    readonly findings: Findings
    readonly counters: Counters
    /** As counted by the server. */
    readonly stored: { readonly rows: number; readonly rejects: number }
  },
): Statement =>
  ending(claim.jobId, claim.retryCount, {
    final_state: "completed",
    error: null,
    columns: result.columns,
    compression: result.compression,
    findings: encodeFindings(result.findings),
    ...received(result.counters),
    rows_loaded: result.stored.rows,
    rows_rejected: result.stored.rejects,
  })

/** The last attempt failed. */
export const failed = (claim: Claim, error: LoadError, counters: Counters): Statement =>
  ending(claim.jobId, claim.retryCount, {
    final_state: "failed",
    error: storedError(error),
    ...received(counters),
    rows_loaded: 0,
    rows_rejected: counters.rowsRejected,
  })

const nothingStored = { rows_loaded: 0, rows_rejected: 0 }

export const cancelled = (jobId: JobId): Statement =>
  ending(jobId, null, { final_state: "cancelled", ...nothingStored })

/**
 * The queue's row has ended or is missing, but not the record: someone changed the queue's tables by hand. No rows were
 * committed, even if the queue's state is `completed`.
 */
export const endedByQueue = (jobId: JobId, state: JobState | null): Statement =>
  state === "cancelled"
    ? cancelled(jobId)
    : ending(jobId, null, {
        final_state: "failed",
        error: {
          code: "worker_lost",
          message: "The queue ended this job without its worker. Post the URL again.",
          ...nowhere,
        },
        ...nothingStored,
      })
