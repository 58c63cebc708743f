import * as Schema from "effect/Schema"
import type { Claim } from "../../../Domain/job/Claim.ts"
import { JobId } from "../../../Domain/job/Job.ts"
import type { FenceState } from "../../../Domain/job/fence/JobFence.ts"
import type { CompletedLoad } from "../jobs/record/finalColumns.ts"
import { quoteLiteral } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { claimLost, completionOf } from "../jobs/ending/JobEnding.ts"
import { noteTable } from "../jobs/LoadedTables.ts"
import { loadedTable } from "../jobs/ending/noteRun.ts"
import type { Statement } from "../postgres/Statement.ts"

const State = Schema.NullOr(Schema.Literals(["done", "cancelled"])) satisfies Schema.Schema<FenceState>

/** The fence of a job as the statements return it. */
export const decodeRow = Schema.decodeUnknownSync(Schema.Struct({ epoch: Schema.Int, state: State }))

export const decodeUnsettled = Schema.decodeUnknownSync(
  Schema.Array(Schema.Struct({ jobId: JobId, state: State })),
)

/** What the database of the tables knows of a job. */
interface LoadFacts {
  readonly owner: string
  readonly target_schema: string
  readonly table_name: string
  readonly shown_url: string
  readonly other_urls: ReadonlyArray<string> | null
}

/** The epoch of a row that a cancel makes: that of no attempt. */
const noEpoch = -1

const raiseTo = (jobId: JobId, epoch: number, facts: LoadFacts | null): Statement => ({
  text: `
    insert into sluice.load as fence (job_id, epoch, owner, target_schema, table_name, shown_url, other_urls)
    values ($1::uuid, $2::integer, $3::text, $4::text, $5::text, $6::text, $7::text[])
    on conflict (job_id) do update
    set epoch = case when fence.state is null then greatest(fence.epoch, excluded.epoch) else fence.epoch end,
      owner = coalesce(excluded.owner, fence.owner), target_schema = coalesce(excluded.target_schema, fence.target_schema),
      table_name = coalesce(excluded.table_name, fence.table_name), shown_url = coalesce(excluded.shown_url, fence.shown_url),
      other_urls = coalesce(excluded.other_urls, fence.other_urls), raised_at = clock_timestamp()
    returning epoch, state`,
  parameters: [
    jobId,
    epoch,
    facts?.owner ?? null,
    facts?.target_schema ?? null,
    facts?.table_name ?? null,
    facts?.shown_url ?? null,
    facts?.other_urls ?? null,
  ],
})

/** An attempt begins: earlier ones can no longer finish. */
export const raise = ({ jobId, retryCount }: Claim, facts: LoadFacts): Statement =>
  raiseTo(jobId, retryCount, facts)

/** An attempt has given up: neither it nor an earlier one can finish. */
export const revoke = ({ jobId, retryCount }: Claim): Statement => raiseTo(jobId, retryCount + 1, null)

/** The job is cancelled, unless it is done: no attempt can finish. */
export const cancel = (jobId: JobId): Statement => ({
  text: `
    insert into sluice.load as fence (job_id, epoch, state, ended_at) values ($1::uuid, ${noEpoch}, 'cancelled', clock_timestamp())
    on conflict (job_id) do update
    set state = coalesce(fence.state, excluded.state), ended_at = coalesce(fence.ended_at, excluded.ended_at)
    returning epoch, state`,
  parameters: [jobId],
})

const finishName = "sluice_finish"

/**
 * The last word of a load: the job is done. It fails, with the load's transaction, unless this attempt is the latest one and the job
 * has not ended. Stores what the record will say until the queue has it, and notes the table beside it.
 */
export const finish = {
  name: finishName,
  statement: `
    with ended as (
      update sluice.load
      set state = 'done', ended_at = clock_timestamp(),
        completion = $3::jsonb || jsonb_build_object('loadedOid', ${loadedTable("job_id", "epoch")}::text::bigint)
      where job_id = $1::uuid and epoch = $2::integer and state is null
      returning job_id as id, owner, target_schema, table_name, shown_url, other_urls,
        ($3::jsonb ->> 'rows_loaded')::bigint as rows_loaded, ended_at as finished_at
    ), noted as (${noteTable("ended")})
    select (case when exists (select from ended) then '1' else '${claimLost}' end)::integer`,
  execute: ({ jobId, retryCount }: Claim, result: CompletedLoad): string =>
    `execute ${finishName} (${quoteLiteral(jobId)}, ${retryCount}, ${quoteLiteral(JSON.stringify(completionOf(result)))})`,
}

/** The completion of a job that is done and that the queue may not know yet. */
export const selectCompletion = (jobId: JobId): Statement => ({
  text: `select completion from sluice.load where job_id = $1::uuid and state = 'done' and not is_settled`,
  parameters: [jobId],
})

/** The queue has the end of the job, and everything that was kept for it. */
export const settled = (jobId: JobId): Statement => ({
  text: `
    with rejects as (
      delete from sluice.reject where job_id = $1::uuid
    ), skipped as (
      delete from sluice.skipped_line where job_id = $1::uuid
    )
    update sluice.load set is_settled = true, completion = null where job_id = $1::uuid`,
  parameters: [jobId],
})

/** Jobs that ended here some time ago, whose end the queue may not have. */
export const unsettled = (olderThanSeconds: number): Statement => ({
  text: `
    select job_id as "jobId", state from sluice.load
    where not is_settled and state is not null and ended_at < clock_timestamp() - make_interval(secs => $1)
    order by ended_at limit 1000`,
  parameters: [olderThanSeconds],
})

/** Forgets the fences of jobs that ended long ago. No attempt lasts as long. */
export const removeOld = (olderThanSeconds: number): Statement => ({
  text: `
    delete from sluice.load
    where greatest(ended_at, raised_at) < clock_timestamp() - make_interval(secs => $1) and (state is null or is_settled)`,
  parameters: [olderThanSeconds],
})
