import type * as SqlClient from "effect/sql/SqlClient"

/** The statements of the newest migrations, as `migrations` has those before. */
export const migrationsFrom35 = (sql: SqlClient.SqlClient) => ({
  /**
   * `target`: the database of a job's table; null if it is this one. `sluice.installation`: one row, by which another database for
   * tables knows whose it is.
   */
  "0035_target": [
    sql`alter table sluice.job add column target text`,
    sql`create table sluice.installation (id uuid not null default gen_random_uuid())`,
    sql`insert into sluice.installation default values`,
  ],
  /**
   * An update of a running job changes no column of an index, and Postgres then writes only the new version of the row, if its page has
   * space for it. Otherwise the row needs a new entry in each index.
   */
  "0036_space_for_updates": [sql`alter table sluice.job set (fillfactor = 70)`],
  /** Whether the tables of new jobs are in another database, so that a process without that database does not start. */
  "0037_tables_apart": [
    sql`alter table sluice.installation add column tables_apart boolean not null default false`,
  ],
  /** Hosts that asked for fewer requests, and the host of a preview, which counts for the host's limit. */
  "0038_hosts": [
    sql`
      create table sluice.held_host (
        host text collate "C" primary key,
        held_until timestamptz not null
      )`,
    sql`
      alter table sluice.preview_place
        -- null: no limit
        add column host text,
        -- whether it loads from its host, and no longer waits for it
        add column is_started boolean not null default true`,
  ],
  /**
   * `sluice.job_other_host`: hosts of a job's files besides that of the first, in the order of the list. The runs of a source are in its
   * order, too.
   */
  "0039_order_of_list": [
    sql`
      create table sluice.job_other_host (
        job_id uuid not null references sluice.job on delete cascade,
        host text not null,
        owner text collate "C" not null,
        created_at timestamptz not null,
        primary key (job_id, host)
      )`,
    sql`
      insert into sluice.job_other_host (job_id, host, owner, created_at)
      select distinct id, host, owner, created_at from sluice.job cross join lateral unnest(other_hosts) as host`,
    sql`create index job_other_host_created on sluice.job_other_host (owner, host, created_at, job_id)`,
    sql`drop index sluice.job_other_hosts`,
    // The column other_hosts stays: an API of the earlier version writes it during an upgrade.
    sql`drop index sluice.job_run`,
    sql`create index job_run on sluice.job (source_id, created_at, id) where source_id is not null`,
  ],
  /**
   * `sluice.installation.targets`: the names of the databases for tables besides this one, so that a process without one of them does not
   * start. Tables of one name in two of them are two tables.
   */
  "0040_targets": [
    sql`alter table sluice.installation add column targets text[] not null default '{}'`,
    sql`update sluice.installation set targets = '{default}' where tables_apart`,
    // The column tables_apart stays: earlier versions read and write it when they start during an upgrade.
    sql`drop index sluice.job_table, sluice.job_admitted, sluice.job_waiting`,
    sql`create unique index job_table on sluice.job (target_schema, table_name, coalesce(target, '')) where holds_name`,
    sql`
      create unique index job_admitted on sluice.job (target_schema, table_name, coalesce(target, ''))
      where not waits and final_state is null`,
    sql`
      create index job_waiting on sluice.job (target_schema, table_name, coalesce(target, ''), created_at, id)
      where waits and final_state is null`,
  ],
  /** The databases for tables that a worker has, besides this one. */
  "0041_targets_of_workers": [sql`alter table sluice.worker add column targets text[] not null default '{}'`],
  /** `sluice.installation.past_targets`: all that `targets` has ever had, because the records of jobs outlive a database that is given up. */
  "0042_past_targets": [
    sql`alter table sluice.installation add column past_targets text[] not null default '{}'`,
    sql`
      update sluice.installation
      set past_targets = array(select unnest(targets) union select target from sluice.job where target is not null)`,
  ],
})
