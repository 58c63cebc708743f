import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/** The options of a load, the findings about its file, and its rejects. A failed or cancelled job frees its table's name. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    alter table sluice.job
      add column options jsonb not null default '{}',
      -- null until the table is committed
      add column findings jsonb,
      -- whether the table's name is reserved for this job
      add column holds_name boolean not null default true,
      drop constraint job_target_schema_table_name_key`
  yield* sql`create unique index job_table on sluice.job (target_schema, table_name) where holds_name`
  yield* sql`
    create table sluice.reject (
      job_id uuid not null,
      record bigint not null,
      line bigint not null,
      "column" bigint,
      byte_offset bigint not null,
      reason text not null,
      message text not null,
      -- the start of the record's text, and the length of the whole record in bytes
      raw text not null,
      raw_bytes bigint not null,
      primary key (job_id, record)
    )`
})
