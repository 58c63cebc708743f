import { defaultTarget } from "../../../Domain/load/columns/target/RecordedTarget.ts"
import * as Schema from "effect/Schema"
import { LoadOptions } from "../../../Domain/load/options/LoadOptions.ts"
import type { SourceCursor } from "../../../Domain/refresh/Sources.ts"
import type { WrittenSchedule } from "../../../Domain/refresh/WrittenSchedule.ts"
import type { SourceId } from "../../../Domain/job/SourceId.ts"
import type { CallerId, Owner } from "../../../Domain/service/Caller.ts"
import type { CallbackId } from "../jobs/JobSecrets.ts"
import type { StoredRequest } from "../jobs/creation/storedRequest.ts"
import { type Statement, statement } from "../postgres/Statement.ts"
import { queueName } from "../queue/queueTable.ts"
import { isReachable, parametersOf, type SourceAccess } from "./SourceAccess.ts"
import { sourceColumns } from "./SourceRow.ts"

const encodeOptions = Schema.encodeSync(LoadOptions)

/** Makes creations of one owner wait for each other until they commit. Returns the time. */
export const lockOwner = (owner: Owner): Statement =>
  statement`select pg_advisory_xact_lock(hashtext('sluice sources ' || ${owner}::text)), now() as now`

/** The number of sources of the caller, and of all. */
export const countOf = (caller: CallerId): Statement =>
  statement`
    select (select count(*) from sluice.source where caller = ${caller}::text)::float8 as caller, (select count(*) from sluice.source)::float8 as total`

/** The table of a source. */
export interface SourceTable {
  readonly owner: Owner
  readonly schema: string
  readonly table: string
  /** As the option names it. */
  readonly target: string | undefined
}

/**
 * A source of the owner on the table that would replace the rows of the new one, or whose rows the new one would replace.
 *
 * @param id of the new one, or of one that is changed
 * @param replaces whether it replaces all rows
 */
export const conflicting = (
  id: SourceId,
  { owner, schema, table, target = defaultTarget }: SourceTable,
  replaces: boolean,
): Statement => statement`
  select id from sluice.source
  where owner = ${owner}::text and target_schema = ${schema}::text and table_name = ${table}::text
    and coalesce(options ->> 'target', ${defaultTarget}::text) = ${target}::text
    and (${replaces}::boolean or options ->> 'mode' = 'replace') and id <> ${id}::uuid
  limit 1`

/** The source that the owner created with the key. */
export const selectByKey = (owner: Owner, key: string): Statement => ({
  text: `select ${sourceColumns} from sluice.source where owner = $1::text and idempotency_key = $2::text`,
  parameters: [owner, key],
})

/** A source to be created, as it is stored. */
export interface NewSource extends StoredRequest {
  readonly id: SourceId
  readonly owner: Owner
  readonly caller: CallerId
  /** Of its receiver, if it has one. */
  readonly callbackId: CallbackId
  readonly schema: string
  readonly schedule: WrittenSchedule
  /** Of `every`, in seconds. */
  readonly interval: number | null
  readonly nextRunAt: Date | null
}

export const insert = (source: NewSource): Statement => {
  const { tableName, ...options } = source.options
  return {
    text: `
      with created as (
        insert into sluice.source (id, owner, caller, file_url, shown_url, requested_url, target_schema, table_name, options, every, cron,
          timezone, interval_seconds, state, created_at, next_run_at, idempotency_key, request_hash, callback_id, callback_url)
        values ($1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text::jsonb, $10::text, $11::text,
          $12::text, $13::float8, 'active', now(), $14::timestamptz, $15::text, $16::text, case when $20::text is not null then $19::uuid end, $20::text)
        returning ${sourceColumns}
      ), secret as (
        insert into sluice.source_secret (source_id, key_id, content)
        select id, $17::text, $18::text from created where $18::text is not null
      ), receiver as (
        insert into sluice.source_callback (id, host, key_id, content)
        select $19::uuid, $21::text, $22::text, $23::text from created where $20::text is not null
      )
      select * from created`,
    parameters: [
      source.id,
      source.owner,
      source.caller,
      source.fileUrl,
      source.shownUrl,
      source.requestedUrl,
      source.schema,
      tableName,
      JSON.stringify(encodeOptions(options)),
      source.schedule.every,
      source.schedule.cron,
      source.schedule.timezone,
      source.interval,
      source.nextRunAt?.toISOString() ?? null,
      source.idempotencyKey,
      source.requestHashes[0] ?? null,
      source.secret?.keyId ?? null,
      source.secret?.content ?? null,
      source.callbackId,
      source.webhook?.shownUrl ?? null,
      source.webhook?.host ?? null,
      source.webhook?.keyId ?? null,
      source.webhook?.content ?? null,
    ],
  }
}

export const select = (source: SourceAccess): Statement => ({
  text: `select ${sourceColumns} from sluice.source where ${isReachable}`,
  parameters: parametersOf(source),
})

/** Locks the source until the end of the transaction. A run is created only with this lock. Also returns the time. */
export const lock = (source: SourceAccess): Statement => ({
  text: `select ${sourceColumns}, now() as now from sluice.source where ${isReachable} for update`,
  parameters: parametersOf(source),
})

/** The sources of an owner after a place, or of all owners; one more than `limit` if there are more. */
export const list = (owner: Owner | null, after: SourceCursor | null, limit: number): Statement => ({
  text: `
    select ${sourceColumns} from sluice.source
    where owner = coalesce($1::text, owner)
      and ($2::text is null or (target_schema, table_name, id) > ($2::text, $3::text, $4::uuid))
    order by target_schema, table_name, id limit $5::bigint`,
  parameters: [owner, ...(after ?? [null, null, null]), limit + 1],
})

/** The latest runs of each of these sources, at most `limit`, newest first. */
export const runs = (sourceIds: ReadonlyArray<SourceId>, limit: number): Statement => statement`
  select run.* from unnest(${sourceIds}::uuid[]) as wanted (id) cross join lateral (
    select job.source_id, job.id, coalesce(final_state, queued.state::text, 'created') as state, unchanged, created_at, finished_at,
      rows_loaded::float8, job.error ->> 'message' as error
    from sluice.job left join boss.job as queued on queued.name = ${queueName} and queued.id = job.id and final_state is null
    where job.source_id = wanted.id
    order by created_at desc, job.id limit ${limit}::bigint
  ) as run
  order by created_at desc, id`

export const unfinishedRun = (sourceId: SourceId): Statement =>
  statement`select id from sluice.job where source_id = ${sourceId}::uuid and final_state is null`

/** Removes the source and its secrets. Returns it, if there was one. */
export const remove = (source: SourceAccess): Statement => ({
  text: `
    with removed as (
      delete from sluice.source where ${isReachable} returning id
    ), forgotten as (
      delete from sluice.source_secret where source_id in (select id from removed)
    )
    select id from removed`,
  parameters: parametersOf(source),
})

export const pause = (source: SourceAccess): Statement => ({
  text: `
    update sluice.source set state = 'paused', next_run_at = null, stop_reason = null
    where ${isReachable} returning ${sourceColumns}`,
  parameters: parametersOf(source),
})

/** Starts a source that is not active. One without a schedule has no next run. */
export const resume = (source: SourceAccess): Statement => ({
  text: `
    update sluice.source
    set state = 'active', stop_reason = null, stop_reported = false,
      failures = case state when 'active' then failures else 0 end,
      next_run_at = case when state = 'active' then next_run_at when every is null and cron is null then null else now() end
    where ${isReachable} returning ${sourceColumns}`,
  parameters: parametersOf(source),
})

/** A run was created or left out. */
export const planNext = (
  sourceId: SourceId,
  nextRunAt: Date | null,
  skipped: boolean,
): Statement => statement`
  update sluice.source
  set next_run_at = ${nextRunAt?.toISOString() ?? null}::timestamptz, skipped_runs = skipped_runs + ${skipped ? 1 : 0}::integer
  where id = ${sourceId}::uuid`

/** A stopped source has a new run. */
export const restart = (sourceId: SourceId, nextRunAt: Date | null): Statement => statement`
  update sluice.source
  set state = 'active', failures = 0, stop_reason = null, stop_reported = false,
    next_run_at = ${nextRunAt?.toISOString() ?? null}::timestamptz
  where id = ${sourceId}::uuid`

/** No run can be created. */
export const stop = (sourceId: SourceId, reason: string): Statement => statement`
  update sluice.source set state = 'stopped', stop_reason = ${reason}::text, stop_reported = false, next_run_at = null
  where id = ${sourceId}::uuid`

/** Whether any process has the database for tables. */
export const isDeclared = (target: string): Statement =>
  statement`select ${target}::text = any (targets) as is_declared from sluice.installation`

/** The run will be due again in a minute. */
export const postpone = (sourceId: string): Statement => statement`
  update sluice.source set next_run_at = now() + interval '1 minute' where id = ${sourceId}::uuid`

/** Locks the source that is due first, unless another replica has it. */
export const lockDue: Statement = {
  text: `
    select ${sourceColumns}, now() as now from sluice.source
    where state = 'active' and next_run_at <= now()
    order by next_run_at limit 1 for update skip locked`,
  parameters: [],
}

/** The seconds until a run is due, and the sources that have stopped since they were last reported. */
export const pending: Statement = {
  text: `
    with reported as (
      update sluice.source set stop_reported = true where state = 'stopped' and not stop_reported
      returning id, shown_url, table_name, failures, stop_reason
    )
    select (
        select extract(epoch from min(next_run_at) - now())::float8 from sluice.source where state = 'active'
      ) as "dueIn",
      (select coalesce(jsonb_agg(reported), '[]') from reported) as stopped`,
  parameters: [],
}
