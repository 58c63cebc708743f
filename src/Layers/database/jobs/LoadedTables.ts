import type { Owner } from "../../../Domain/service/Caller.ts"
import type { TablePlace } from "../../../Domain/job/Tables.ts"
import { quoteLiteral } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { defaultMode } from "../../../Domain/load/options/ModeOptions.ts"
import { allOwners } from "./list/orderedJobs.ts"
import type { Statement } from "../postgres/Statement.ts"
import { isSamePlace } from "../postgres/tablePlace.ts"
import { exists, isFree } from "../target/reservation.ts"

/**
 * Part of the statement that completes a job, before its table gets its name: notes the table in the list. A table belongs to the
 * owner of the job that made it, and one that another program made to nobody.
 *
 * @param ended the query's part with the completed row of `sluice.job`
 */
export const noteTable = (ended: string): string => `
  insert into sluice.loaded_table (schema_name, table_name, owner, is_made, job_id, file_url, other_urls, rows_loaded, loaded_at)
  select target_schema, table_name, owner, ${isFree}, id, shown_url, other_urls, rows_loaded, finished_at from ${ended}
  on conflict (schema_name, table_name) do update
  set owner = case when loaded_table.is_made and not excluded.is_made then loaded_table.owner else excluded.owner end,
    is_made = loaded_table.is_made or excluded.is_made, job_id = excluded.job_id, file_url = excluded.file_url, other_urls = excluded.other_urls, rows_loaded = excluded.rows_loaded,
    loaded_at = excluded.loaded_at`

/** SQL condition: whether an existing table was made for someone else than the owner; false for the owner null, who reaches all. */
const isMadeForOthers = (schema: string, table: string, owner: string): string => `exists (
  select from sluice.loaded_table as known
  where known.schema_name = ${schema} and known.table_name = ${table} and is_made and known.owner <> ${owner}
    and ${exists("known.schema_name", "known.table_name")}
)`

/** Whether the table with this name belongs to someone else than the owner, as `of_others`. */
export const belongsToOthers = (schema: string, table: string, owner: Owner): Statement => ({
  text: `select ${isMadeForOthers("$1::text", "$2::text", "$3::text")} as of_others`,
  parameters: [schema, table, owner],
})

/** Whether a job of this owner made the table, as `is_own`. */
export const isOwn = (schema: string, table: string, owner: Owner): Statement => ({
  text: `
    select exists (
      select from sluice.loaded_table where schema_name = $1::text and table_name = $2::text and is_made and owner = $3::text
    ) as is_own`,
  parameters: [schema, table, owner],
})

/**
 * SQL condition over the columns of `place`: whether the table, or the one that an unfinished job will make, belongs to someone
 * else.
 *
 * @param owner SQL of an owner; null for one who may reach the tables of all
 * @param isHere whether the tables are in this database
 */
export const isOfOthers = (owner: string, isHere: boolean): string => `(
  ${isHere ? isMadeForOthers("place.target_schema", "place.table_name", owner) : "false"} or exists (
    select from sluice.job as earlier
    where ${isSamePlace("earlier", "place")} and final_state is null
      and earlier.owner <> ${owner}
  )
)`

/** The table of a row of `sluice.loaded_table`, if it exists. */
const existing = `
  select pg_class.oid, reltuples from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where nspname = schema_name and relname = table_name and relkind in ('r', 'p')`

const shownColumns = `
  schema_name as schema, table_name as table, job_id as "jobId", file_url as "fileUrl", array_prepend(file_url, other_urls) as "fileUrls", loaded_at as "loadedAt",
  rows_loaded::float8 as "rowsLoaded", nullif(greatest(reltuples, -1), -1)::float8 as "rowsEstimate",
  pg_total_relation_size(oid)::float8 as bytes, obj_description(oid, 'pg_class') as comment`

/**
 * The tables of an owner after a place, or of all owners, that exist; one more than `limit` if there are more.
 *
 * @param options.isAfter whether a table of the place's name is after the place, which is one of another database
 */
export const listTables = (
  owner: Owner | null,
  after: TablePlace | null,
  { isAfter, limit }: { readonly limit: number; readonly isAfter: boolean },
): Statement => ({
  text: `
    select ${shownColumns} from sluice.loaded_table
      cross join lateral (${existing}) as found
    where owner = coalesce($1::text, owner) and (schema_name, table_name) ${isAfter ? ">=" : ">"} ($2::text, $3::text)
    order by schema_name, table_name limit $4::bigint`,
  parameters: [owner, after?.[0] ?? "", after?.[1] ?? "", limit + 1],
})

/** One table, if it exists. */
export const findLoaded = (schema: string, table: string): Statement => ({
  text: `
    select ${shownColumns} from sluice.loaded_table cross join lateral (${existing}) as found
    where schema_name = $1 and table_name = $2`,
  parameters: [schema, table],
})

/**
 * The last completed loads of a table that the owner, or all owners, made; newest first.
 *
 * @param target the database of the table; `null`: the queue's own
 */
export const lastLoads = (
  owner: Owner | null,
  target: string | null,
  schema: string,
  table: string,
): Statement => ({
  text: `
    select loads.* from (${owner === null ? allOwners : "select $4::text as owner"}) as owners cross join lateral (
      select id as "jobId", coalesce(options ->> 'mode', ${quoteLiteral(defaultMode)}) as mode, shown_url as "fileUrl",
        finished_at as "finishedAt", rows_loaded::float8 as "rowsLoaded"
      from sluice.job
      where job.owner = owners.owner and table_name = $2 and target_schema = $1 and target is not distinct from $3::text
        and final_state = 'completed' and not unchanged
      order by created_at desc, id desc limit 10
    ) as loads
    order by "finishedAt" desc limit 10`,
  parameters: [schema, table, target, ...(owner === null ? [] : [owner])],
})

/** Forgets tables that were dropped or renamed. */
export const forgetTables: Statement = {
  text: `delete from sluice.loaded_table where not exists (${existing})`,
  parameters: [],
}
