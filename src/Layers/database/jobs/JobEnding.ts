import * as Schema from "effect/Schema"
import type { Claim } from "../../../Domain/job/Claim.ts"
import type { LoadSummary } from "../../../Domain/job/CopySink.ts"
import { type JobId, toJobError } from "../../../Domain/job/Job.ts"
import type { FileRead } from "../../../Domain/job/Jobs.ts"
import type { JobState } from "../../../Domain/job/JobState.ts"
import type { Counters } from "../../../Domain/job/Progress.ts"
import type { TypedColumn } from "../../../Domain/load/columns/Column.ts"
import { Findings } from "../../../Domain/load/Findings.ts"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import { nowhere } from "../../../Domain/load/SourcePlace.ts"
import type { Statement } from "../postgres/Statement.ts"
import type { JobRow } from "./JobRow.ts"

type Columns = typeof JobRow.Encoded
/** The columns that an ending sets. */
type FinalColumns = Pick<Columns, "final_state" | "rows_loaded" | "rows_rejected"> & Partial<Columns>

/**
 * Writes the final state of a job and deletes its claim and its secrets. Every job ends here, so this is the place for anything that must
 * happen once per ending. Touches one row, or none if the job had ended before.
 *
 * Run it in the transaction that ends the job in pg-boss, after pg-boss: all transactions lock the queue's row first.
 *
 * `clock_timestamp()`, because `now()` is the start of the transaction, and a load's transaction may be hours old.
 *
 * @param retryCount of the claim that ends the job; `null` if no claim does
 */
const ending = (jobId: JobId, retryCount: number | null, columns: FinalColumns): Statement => {
  const names = Object.keys(columns).join(", ")
  return {
    text: `
      with released as (
        delete from sluice.claim where job_id = $1::uuid
      ), forgotten as (
        delete from sluice.job_secret where job_id = $1::uuid
      )
      update sluice.job
      set (${names}) = (select ${names} from jsonb_populate_record(job, $3::text::jsonb)),
        holds_name = holds_name and $4 = 'completed', finished_at = clock_timestamp(), file_url = shown_url,
        options = options - 'headers',
        reported_at = ${columns.bytes_received === undefined ? "reported_at" : "clock_timestamp()"}
      where id = $1::uuid and final_state is null and (retry_count = $2::integer or $2::integer is null)`,
    parameters: [jobId, retryCount, JSON.stringify(columns), columns.final_state],
  }
}

/** Truncated, because a fraction does not convert to `bigint` and would fail the commit of a whole load. */
const received = ({ bytesReceived, bytesTotal, resumes }: Counters) => ({
  bytes_received: Math.trunc(bytesReceived),
  bytes_total: bytesTotal === null ? null : Math.trunc(bytesTotal),
  resumes,
})

const encodeFindings = Schema.encodeSync(Findings)

/** Findings that do not fit their schema are a bug, but the job must end. They are left out. */
const whatWasRead = ({ compression, findings }: FileRead) =>
  Schema.is(Findings)(findings) ? { compression, findings: encodeFindings(findings) } : { compression }

/** The load succeeded: run it last in the load's transaction. */
export const completed = (
  claim: Claim,
  result: Pick<LoadSummary, "compression" | "counters" | "findings"> & {
    readonly columns: ReadonlyArray<TypedColumn>
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
export const failed = (
  claim: Claim,
  error: LoadError,
  counters: Counters,
  read: FileRead | null = null,
): Statement =>
  ending(claim.jobId, claim.retryCount, {
    final_state: "failed",
    error: toJobError(error),
    ...(read === null ? {} : whatWasRead(read)),
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
