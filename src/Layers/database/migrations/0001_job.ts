import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/**
 * `sluice.job`: one row per job, kept after pg-boss has deleted its own. `final_state` is null until the job ends; until
 * then the queue has its state. There is no foreign key to the queue's tables, because pg-boss deletes and re-inserts its
 * rows.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table sluice.job (
      id uuid primary key,
      -- with credentials while the job needs them; replaced by shown_url when it ends
      file_url text not null,
      shown_url text not null,
      target_schema text not null,
      table_name text collate "C" not null,
      final_state text check (final_state in ('completed', 'cancelled', 'failed')),
      created_at timestamptz not null,
      started_at timestamptz,
      finished_at timestamptz,
      -- the claim of the latest attempt, and how many claims were released without using an attempt
      retry_count integer,
      released integer not null default 0,
      attempt_started_at timestamptz,
      -- the last progress report of the latest attempt, and its time
      bytes_received bigint not null default 0,
      bytes_total bigint,
      rows_loaded bigint not null default 0,
      rows_rejected bigint not null default 0,
      reported_at timestamptz,
      columns jsonb,
      error jsonb,
      -- the range search for names with a prefix needs the C collation
      unique (target_schema, table_name)
    )`
})
