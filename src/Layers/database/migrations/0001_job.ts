import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/**
 * `sluice.job`: one row a job, kept after the queue has forgotten it. `final_state` is null while the queue
 * knows better. There is no foreign key into the queue's tables: the queue deletes and re-inserts its rows.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table sluice.job (
      id uuid primary key,
      -- with its credentials while the job needs them, as it is shown from then on
      file_url text not null,
      shown_url text not null,
      target_schema text not null,
      table_name text collate "C" not null,
      final_state text check (final_state in ('completed', 'cancelled', 'failed')),
      created_at timestamptz not null,
      started_at timestamptz,
      finished_at timestamptz,
      -- the claim of the latest attempt, and how many claims were given back unspent
      retry_count integer,
      released integer not null default 0,
      attempt_started_at timestamptz,
      -- what the latest attempt last reported, and when
      bytes_received bigint not null default 0,
      bytes_total bigint,
      rows_loaded bigint not null default 0,
      rows_rejected bigint not null default 0,
      reported_at timestamptz,
      columns jsonb,
      error jsonb,
      -- prefix search by suffix number needs the C collation
      unique (target_schema, table_name)
    )`
})
