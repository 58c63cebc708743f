import type { Owner } from "../../../Domain/service/Caller.ts"
import type { TablePlace } from "../../../Domain/job/Tables.ts"
import type { Statement } from "../postgres/Statement.ts"

/**
 * Part of the statement that completes a job: notes the table in the list. A name that an earlier table had belongs to the
 * owner of the job that made the new one.
 *
 * @param ended the query's part with the completed row of `sluice.job`
 */
export const noteTable = (ended: string): string => `
  insert into sluice.loaded_table (schema_name, table_name, owner, job_id, file_url, rows_loaded, loaded_at)
  select target_schema, table_name, owner, id, shown_url, rows_loaded, finished_at from ${ended}
  on conflict (schema_name, table_name) do update
  set owner = excluded.owner, job_id = excluded.job_id, file_url = excluded.file_url, rows_loaded = excluded.rows_loaded,
    loaded_at = excluded.loaded_at`

/** The table of a row of `sluice.loaded_table`, if it exists. */
const existing = `
  select pg_class.oid, reltuples from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where nspname = schema_name and relname = table_name and relkind in ('r', 'p')`

/** The tables of an owner after a place, or of all owners, that exist; one more than `limit` if there are more. */
export const listTables = (owner: Owner | null, after: TablePlace | null, limit: number): Statement => ({
  text: `
    select schema_name as schema, table_name as table, job_id as "jobId", file_url as "fileUrl", loaded_at as "loadedAt",
      rows_loaded::float8 as "rowsLoaded", nullif(greatest(reltuples, -1), -1)::float8 as "rowsEstimate",
      pg_total_relation_size(oid)::float8 as bytes, obj_description(oid, 'pg_class') as comment
    from sluice.loaded_table
      cross join lateral (${existing}) as found
    where owner = coalesce($1::text, owner) and (schema_name, table_name) > ($2::text, $3::text)
    order by schema_name, table_name limit $4::bigint`,
  parameters: [owner, after?.[0] ?? "", after?.[1] ?? "", limit + 1],
})

/** Forgets tables that were dropped or renamed. */
export const forgetTables: Statement = {
  text: `delete from sluice.loaded_table where not exists (${existing})`,
  parameters: [],
}
