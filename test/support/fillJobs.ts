import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"

/**
 * Fills the database with jobs that were created one second after the other since 2020, and with their rows in the queue while they
 * have not ended. Half belong to `owner1`, the others to twenty owners, of which `owner9` has few. One in a hundred has failed, one in
 * a thousand waits, runs or is in retry. The older half has files of `old.example`, and every third job one of `frequent.example`.
 */
export const fillJobs = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, jobs: number) {
  yield* sql`
    insert into sluice.job (id, owner, caller, file_url, shown_url, target_schema, table_name, final_state, created_at, started_at,
      finished_at, retry_count, holds_name, source_id, findings, columns)
    select gen_random_uuid(), owner, 'key:' || owner, url, url, 'public', 'table_' || case when final_state is null then n else n % 500 end, final_state, created_at, created_at,
      case when final_state is not null then created_at + interval '1 s' end, 0, false,
      case when n % 10 = 0 and final_state is not null then ('00000000-0000-4000-8000-' || lpad((n / 10 % 50)::text, 12, '0'))::uuid end,
      jsonb_build_object('note', repeat('x', 300)), '[]'
    from generate_series(1, ${jobs}::bigint) as n
      cross join lateral (
        select '2020-01-01'::timestamptz + n * interval '1 s' as created_at,
          case when n % 2 = 0 then 'owner1' when n % 4001 = 0 then 'owner9' else 'owner' || 20 + n % 20 end as owner,
          'http://host' || n % 200 || '.example/data/report' || n % 1000 || '/file_' || n || '.csv?part=***' as url,
          case when n % 1000 < 3 then null when n % 100 = 7 then 'failed' when n % 100 = 8 then 'cancelled' else 'completed' end as final_state
      ) as job`
  yield* sql`
    insert into sluice.job_other_host (job_id, host, owner, created_at)
    select id, host, owner, created_at
    from (select *, extract(epoch from created_at - '2020-01-01') as n from sluice.job) as job
      cross join lateral (values ('old.example', n * 2 < ${jobs}::bigint), ('frequent.example', n % 3 = 0)) as other (host, is_wanted)
    where is_wanted`
  yield* sql`
    insert into boss.job_common (id, name, data, state, created_on, policy, start_after)
    select id, 'load', '{}', (array['created', 'active', 'retry'])[1 + (row_number() over (order by id)) % 3]::boss.job_state,
      created_at, 'standard', created_at
    from sluice.job where final_state is null`
  yield* sql`
    insert into sluice.claim (job_id, retry_count, replica) select id, 0, null from boss.job_common where state in ('active', 'retry')`
  yield* sql`analyze sluice.job`
  yield* sql`analyze sluice.job_other_host`
  yield* sql`analyze sluice.claim`
  yield* sql`analyze boss.job_common`
})
