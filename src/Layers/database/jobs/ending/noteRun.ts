import { unchangedRunsBeforePause } from "../../../../Domain/refresh/RefreshSchedule.ts"
import { maxFailures } from "../../../../Domain/refresh/RefreshedSource.ts"
import { quoteLiteral } from "../../../../Domain/load/columns/SqlIdentifier.ts"
import { attemptTableSql, stagingSchema } from "../../target/AttemptTable.ts"
import { named } from "../../target/reservation.ts"

const failed = "run.final_state = 'failed'"
const stops = `(${failed} and source.failures + 1 >= ${maxFailures} and source.state = 'active')`
const changed = "(run.final_state = 'completed' and not run.unchanged)"
const stopReason = quoteLiteral(`${maxFailures} runs in a row failed, the last one with: `)

/**
 * SQL of the table that a load leaves, which still has the attempt's name if the load has made it.
 *
 * @param jobId SQL of the job's id
 * @param retryCount SQL of that of its claim
 */
export const loadedTable = (jobId: string, retryCount: string): string => {
  const attempt = attemptTableSql(jobId, retryCount)
  return `coalesce(${named("target_schema", "table_name")}, ${named("target_schema", attempt)}, ${named(`'${stagingSchema}'`, attempt)})::oid`
}

/** A run that began before its source was changed may have read the file in another way. */
const isKnown = "(run.is_new and run.created_at >= coalesce(source.changed_at, run.created_at))"

const ofNewVersion = (column: string, value: string): string =>
  `${column} = case when ${isKnown} then ${value} else source.${column} end`

/**
 * Part of the statement that ends a job: what the end of a run means for its source. It is in the transaction that ends the job, so
 * a source knows the version of a file exactly if the table has it.
 *
 * @param ended the query's part with the ended row of `sluice.job`
 * @param version SQL of the file's version as JSON; null if the file was not read to its end
 * @param loadedOid SQL of the table that the run leaves
 */
export const noteRun = (
  ended: string,
  version: string,
  loadedOid: string = loadedTable("id", "retry_count"),
): string => `
    update sluice.source
    set failures = case when ${failed} then source.failures + 1 else 0 end,
      state = case when ${stops} then 'stopped' else source.state end,
      stop_reason = case when ${stops} then ${stopReason} || (run.error ->> 'message') else source.stop_reason end,
      unchanged_runs = case when ${failed} then source.unchanged_runs when run.unchanged then source.unchanged_runs + 1 else 0 end,
      next_run_at = case
        when ${stops} then null
        -- a change ends the longer pauses of an unchanged source
        when ${changed} and source.unchanged_runs > ${unchangedRunsBeforePause} and source.next_run_at is not null
          then least(source.next_run_at, run.finished_at + source.interval_seconds * interval '1s')
        else source.next_run_at
      end,
      loaded_by = case when ${changed} then run.id else source.loaded_by end,
      loaded_oid = case when ${changed} then run.loaded_oid else source.loaded_oid end,
      rows_loaded = case when ${changed} then run.rows_loaded else source.rows_loaded end,
      ${ofNewVersion("etag", "run.version ->> 'etag'")},
      ${ofNewVersion("last_modified", "run.version ->> 'lastModified'")},
      ${ofNewVersion("location", "run.version ->> 'location'")},
      ${ofNewVersion("content_hash", "run.version ->> 'contentHash'")},
      ${ofNewVersion("read_at", "run.finished_at")},
      not_modified = case when ${isKnown} then 0 when run.unchanged then source.not_modified + 1 else source.not_modified end
    from (
      select *, final_state = 'completed' and (not unchanged or version is not null) as is_new,
        case when final_state = 'completed' and not unchanged and source_id is not null then ${loadedOid} end as loaded_oid
      from (select *, nullif(${version}, 'null') as version from ${ended}) as with_version
    ) as run
    where source.id = run.source_id and run.final_state <> 'cancelled'`
