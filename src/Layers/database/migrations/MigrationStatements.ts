import type * as SqlClient from "effect/sql/SqlClient"
import { migrationsFrom22 } from "./migrationsFrom22.ts"
import { migrationsFrom35 } from "./migrationsFrom35.ts"

/** The statements of each migration. A released migration never changes. */
export const migrations = (sql: SqlClient.SqlClient) => ({
  /**
   * `sluice.job`: one row per job, kept after pg-boss has deleted its own. `final_state` is null until the job ends; until
   * then the queue has its state. There is no foreign key to the queue's tables, because pg-boss deletes and re-inserts its
   * rows.
   */
  "0001_job": [
    sql`
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
      )`,
  ],
  /** How the loaded file was compressed; null if it was not compressed or is not loaded. */
  "0002_compression": [sql`alter table sluice.job add column compression text`],
  /** The options of a load, the findings about its file, and its rejects. A failed or cancelled job frees its table's name. */
  "0003_options": [
    sql`
      alter table sluice.job
        add column options jsonb not null default '{}',
        -- null until the table is committed
        add column findings jsonb,
        -- whether the table's name is reserved for this job
        add column holds_name boolean not null default true,
        drop constraint job_target_schema_table_name_key`,
    sql`create unique index job_table on sluice.job (target_schema, table_name) where holds_name`,
    sql`
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
      )`,
  ],
  /**
   * `sluice.claim`: which replica holds which job, so that others can return the job to the queue when the replica dies,
   * and how often that has happened to the job. A row exists from a job's first claim to its end. Whether a claim still
   * holds, only pg-boss's row says.
   *
   * `sluice.replica`: a sequence of replica numbers. A replica holds the advisory lock of its number while it lives.
   */
  "0004_claim": [
    sql`create sequence sluice.replica as integer cycle`,
    sql`
      create table sluice.claim (
        job_id uuid primary key,
        retry_count integer not null,
        -- the claim's holder; null once the claim is settled or its holder has died
        replica integer,
        -- number of claims that their holder never settled
        crashes integer not null default 0
      )`,
  ],
  /** The idempotency key of the request that created the job, and a hash of that request. */
  "0005_idempotency_key": [
    sql`alter table sluice.job add column idempotency_key text collate "C", add column request_hash text`,
    sql`
      create unique index job_idempotency_key on sluice.job (idempotency_key) where idempotency_key is not null`,
  ],
  /** The hourly search for old records must not scan all of them. */
  "0006_retention": [
    sql`create index job_finished_at on sluice.job (finished_at) where final_state is not null`,
  ],
  /** How often the latest attempt's download broke off and was resumed. */
  "0007_resumes": [sql`alter table sluice.job add column resumes integer not null default 0`],
  /** The lines of a loaded file that are neither its header nor records, except blank lines. */
  "0008_skipped_line": [
    sql`
      create table sluice.skipped_line (
        job_id uuid not null,
        kind text not null,
        line bigint not null,
        byte_offset bigint not null,
        -- the start of the line's text, and the length of the whole line in bytes
        raw text not null,
        raw_bytes bigint not null,
        primary key (job_id, line)
      )`,
  ],
  /** Whose each job is: the name of an API key; empty if the API needed none. Each owner has its own idempotency keys. */
  "0009_owner": [
    sql`alter table sluice.job add column owner text collate "C" not null default ''`,
    sql`drop index sluice.job_idempotency_key`,
    sql`
      create unique index job_idempotency_key on sluice.job (owner, idempotency_key) where idempotency_key is not null`,
  ],
  /**
   * `sluice.job_secret`: URLs with secrets and request headers, from the creation of a job to its end. `sluice.job` has
   * neither from now on. Secrets in query parameters that earlier versions did not recognize are masked.
   */
  "0011_job_secret": [
    sql`
      create table sluice.job_secret (
        job_id uuid primary key,
        -- the key that encrypts the content; null if it is not encrypted
        key_id text,
        content text not null
      )`,
    sql`
      insert into sluice.job_secret
      select id, null, jsonb_strip_nulls(
        jsonb_build_object('fileUrl', file_url, 'headers', options -> 'headers')
      )::text
      from sluice.job where final_state is null and (file_url like '%?%' or file_url like '%#%' or file_url <> shown_url
        or options ? 'headers')`,
    // A worker from before leaves messages of version 2 alone. Rows that are being settled are skipped: they may be locked by a
    // transaction that waits for sluice.job.
    sql`
      do $$ begin
        if to_regclass('boss.job') is not null then
          update boss.job set data = jsonb_set(data, '{version}', '2')
          where (name, id) in (
            select name, id from boss.job
            where name = 'load' and id in (select job_id from sluice.job_secret) for update skip locked
          );
        end if;
      end $$`,
    sql`
      alter table sluice.job
        -- the file of a share link
        add column requested_url text`,
    sql`
      update sluice.job set shown_url = masked, file_url = masked, options = options - 'headers'
      from (
        select id as masked_id, regexp_replace(
          regexp_replace(shown_url, '([?&;#][^?&;#=]*=)[^&;#]+', '\\1***', 'g'), '([?&#])[^?&;#=]+(?=[&#]|$)', '\\1***', 'g'
        ) as masked from sluice.job
      ) as shown
      where id = masked_id and (masked <> shown_url or file_url <> shown_url or options ? 'headers')`,
  ],
  /**
   * What limits count. `sluice.job.caller` is the caller that created the job, which may be an address. The other tables
   * hold nothing that is worth a log: after a crash of the server, all buckets are full and all places free.
   */
  "0012_limits": [
    sql`
      alter table sluice.job
        add column caller text collate "C" not null default '',
        -- received by attempts before the latest one
        add column earlier_bytes bigint not null default 0`,
    sql`create index job_unfinished on sluice.job (caller) where final_state is null`,
    sql`create index job_caller on sluice.job (caller, finished_at) where final_state is not null`,
    sql`
      create unlogged table sluice.request_bucket (
        key text collate "C" primary key,
        tokens float8 not null,
        -- how many tokens the latest lease has
        granted float8 not null,
        filled_at timestamptz not null
      )`,
    sql`
      create unlogged table sluice.preview_place (
        id uuid primary key,
        caller text not null,
        taken_at timestamptz not null
      )`,
  ],
  /** `sluice.loaded_table`: the tables that jobs have made or loaded into, with the last job, which outlives its record. */
  "0015_loaded_table": [
    sql`
      create table sluice.loaded_table (
        schema_name text collate "C",
        table_name text collate "C",
        -- of the job that made the table; of the last one if another program made it
        owner text collate "C" not null,
        is_made boolean not null,
        job_id uuid not null,
        file_url text not null,
        rows_loaded bigint not null,
        loaded_at timestamptz not null,
        primary key (schema_name, table_name)
      )`,
    sql`create index loaded_table_owner on sluice.loaded_table (owner, schema_name, table_name)`,
    sql`
      insert into sluice.loaded_table
      select distinct on (target_schema, table_name) target_schema, table_name, owner, true, id, shown_url, rows_loaded, finished_at
      from sluice.job where final_state = 'completed' and holds_name
      order by target_schema, table_name, finished_at desc`,
  ],
  /**
   * What a load did to its table. `waits`: another job on the table has not ended, so the queue does not give this one to a
   * worker. Of the others, only one on each table is unfinished.
   */
  "0016_modes": [
    sql`
      alter table sluice.job
        add column row_changes jsonb,
        add column schema_changes jsonb,
        add column waits boolean not null default false`,
    sql`
      create unique index job_admitted on sluice.job (target_schema, table_name)
      where not waits and final_state is null`,
    sql`
      create index job_waiting on sluice.job (target_schema, table_name, created_at, id)
      where waits and final_state is null`,
  ],
  /**
   * `sluice.source`: URLs that are loaded again when they change, with their secrets in `sluice.source_secret`. A run is a job, and
   * its end changes the row of its source in the same transaction.
   */
  "0019_source": [
    sql`
      create table sluice.source (
        id uuid primary key,
        owner text collate "C" not null,
        caller text collate "C" not null,
        file_url text not null,
        shown_url text not null,
        requested_url text,
        target_schema text collate "C" not null,
        table_name text collate "C" not null,
        options jsonb not null,
        every text,
        cron text,
        timezone text not null,
        -- of every
        interval_seconds float8,
        state text not null check (state in ('active', 'paused', 'stopped')),
        stop_reason text,
        stop_reported boolean not null default false,
        created_at timestamptz not null,
        next_run_at timestamptz,
        -- in a row
        unchanged_runs integer not null default 0,
        failures integer not null default 0,
        skipped_runs integer not null default 0,
        -- the run that loaded last, and the version of the file that it loaded
        loaded_by uuid,
        rows_loaded bigint,
        etag text,
        last_modified text,
        content_hash text,
        -- when the file was last read to its end, and how often its server has said since then that it is the same
        read_at timestamptz,
        not_modified integer not null default 0,
        idempotency_key text collate "C",
        request_hash text
      )`,
    sql`
      create unique index source_idempotency_key on sluice.source (owner, idempotency_key) where idempotency_key is not null`,
    sql`create index source_place on sluice.source (target_schema, table_name, id)`,
    sql`create index source_caller on sluice.source (caller)`,
    sql`create index source_due on sluice.source (next_run_at) where state = 'active'`,
    sql`create index source_stopped on sluice.source (id) where state = 'stopped' and not stop_reported`,
    sql`
      create table sluice.source_secret (
        source_id uuid primary key,
        -- the key that encrypts the content; null if it is not encrypted
        key_id text,
        content text not null
      )`,
    sql`
      alter table sluice.job
        add column source_id uuid,
        -- the run found the file of the last load
        add column unchanged boolean not null default false`,
    sql`create index job_run on sluice.job (source_id, created_at) where source_id is not null`,
    sql`
      create unique index job_unfinished_run on sluice.job (source_id) where source_id is not null and final_state is null`,
  ],
  /** `sluice.webhook`: the notification of a job's end, from the creation of the job until its record is removed. */
  "0020_webhook": [
    sql`
      create table sluice.webhook (
        job_id uuid primary key,
        state text not null default 'waiting' check (state in ('waiting', 'pending', 'delivered', 'failed')),
        host text not null,
        shown_url text not null,
        -- the URL as given; null once no further attempt follows
        key_id text,
        content text,
        attempts integer not null default 0,
        last_status integer,
        last_error text,
        -- while it is pending: when the next attempt is due, which follows a running one if its worker dies
        next_attempt_at timestamptz
      )`,
    sql`create index webhook_due on sluice.webhook (next_attempt_at) where state = 'pending'`,
  ],
  "0021_loaded_oid": [
    sql`
      alter table sluice.source
        -- the table that the last load left; null if that is not known
        add column loaded_oid oid`,
  ],
  ...migrationsFrom22(sql),
  ...migrationsFrom35(sql),
})
