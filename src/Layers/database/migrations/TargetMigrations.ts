import * as Effect from "effect/Effect"
import * as Record from "effect/Record"
import * as Migrator from "effect/sql/Migrator"
import * as SqlClient from "effect/sql/SqlClient"
import { inTransaction } from "../postgres/Transaction.ts"
import { StartRefused } from "../postgres/StartRefused.ts"
import { ensureSchema } from "./Migrations.ts"
import { requireSchemaRights } from "./requireRights.ts"

/**
 * The tables of Sluice in a database that has loaded tables but not the queue. `sluice.load` has the last word on each job; the
 * others are as in the queue's database. Rejects and skipped lines are here until the queue's database has them.
 */
const targetMigrations = (sql: SqlClient.SqlClient) => ({
  "0001_load": [
    sql`
      create table sluice.load (
        job_id uuid primary key,
        -- the latest attempt that may finish
        epoch integer not null,
        state text check (state in ('done', 'cancelled')),
        owner text collate "C",
        target_schema text collate "C",
        table_name text collate "C",
        shown_url text,
        other_urls text[],
        raised_at timestamptz not null default clock_timestamp(),
        ended_at timestamptz,
        -- what the job's record will say, until the queue's database has it
        completion jsonb,
        is_settled boolean not null default false
      )`,
    sql`create index load_unsettled on sluice.load (ended_at) where not is_settled and state is not null`,
    sql`
      create table sluice.reject (
        job_id uuid not null, record bigint not null, line bigint not null, "column" bigint, byte_offset bigint not null,
        reason text not null, message text not null, raw text not null, raw_bytes bigint not null, file_url text,
        primary key (job_id, record)
      )`,
    sql`
      create table sluice.skipped_line (
        job_id uuid not null, kind text not null, line bigint not null, byte_offset bigint not null, raw text not null,
        raw_bytes bigint not null, file_url text, line_in_file bigint,
        primary key (job_id, line)
      )`,
    sql`
      create table sluice.loaded_table (
        schema_name text collate "C", table_name text collate "C", owner text collate "C" not null, is_made boolean not null,
        job_id uuid not null, file_url text not null, rows_loaded bigint not null, loaded_at timestamptz not null, other_urls text[],
        primary key (schema_name, table_name)
      )`,
    sql`create index loaded_table_owner on sluice.loaded_table (owner, schema_name, table_name)`,
    sql`create table sluice.target_of (installation uuid primary key)`,
  ],
  /** The name that the jobs in this database record. */
  "0002_name": [sql`alter table sluice.target_of add column name text not null default 'default'`],
})

/**
 * Prepares the database of the loaded tables for an installation. Fails if it is the database of a queue, or has the tables of
 * another installation, whose jobs this one would take for abandoned, or those of jobs that record another name.
 */
export const migrateTarget = Effect.fnUntraced(function* (target: {
  readonly installation: string
  /** As jobs record it. */
  readonly name: string
  /** The setting, for messages. */
  readonly setting: string
  readonly targetSchema: string
}) {
  const { installation, name, setting, targetSchema } = target
  const refused = (problem: string) =>
    new StartRefused({ message: `${setting} names a database ${problem}. Name another database` })
  const sql = yield* SqlClient.SqlClient
  const migrate = Effect.gen(function* () {
    yield* sql`set local lock_timeout = 0`
    yield* sql`select pg_advisory_xact_lock(hashtext('sluice migrations'))`
    const [found] = yield* sql<{ queue: boolean }>`select to_regclass('sluice.job') is not null as queue`
    if (found?.queue === true) return yield* refused("with a queue of Sluice")
    yield* ensureSchema("sluice")
    yield* requireSchemaRights("sluice")
    yield* Migrator.make({})({
      loader: Migrator.fromRecord(
        Record.map(targetMigrations(sql), (statements) => Effect.all(statements, { discard: true })),
      ),
      table: "sluice.target_migration",
    })
    yield* sql`insert into sluice.target_of select ${installation}::uuid, ${name}::text where not exists (select from sluice.target_of)`
    const [owner] = yield* sql<{
      installation: string
      name: string
    }>`select installation, name from sluice.target_of`
    if (owner?.installation !== installation)
      return yield* refused("with tables of another installation of Sluice")
    if (owner.name !== name)
      return yield* new StartRefused({
        message: `${setting} names the database whose name is ${owner.name}: its jobs would not find their tables. Name another database, or, if no job of it is unfinished, run there: update sluice.target_of set name = '${name}'`,
      })
    yield* ensureSchema(targetSchema)
    return yield* requireSchemaRights(targetSchema)
  })
  yield* inTransaction(sql, migrate)
})
