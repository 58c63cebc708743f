import type * as SqlClient from "effect/sql/SqlClient"

/** The statements of the newest migrations, as `migrations` has those before. */
export const migrationsFrom22 = (sql: SqlClient.SqlClient) => ({
  /**
   * The list of jobs, newest first: an index for each filter, for one owner at a time. `GET /jobs` has the same expressions
   * (`jobs/list/searchedColumns.ts`). The list of entries that are not in `job_words` yet is kept short, because every search reads it.
   */
  "0022_job_list": [
    sql`
      alter table sluice.job
        -- of the latest attempt: the moving average of its speed
        add column bytes_per_second float8`,
    sql`create index job_created on sluice.job (owner, created_at, id)`,
    sql`create index job_state on sluice.job (owner, final_state, created_at, id)`,
    sql`create index job_table_name on sluice.job (owner, table_name, created_at, id)`,
    sql`
      create index job_host on sluice.job (
        owner, (left(substring(lower(shown_url) from '^https?://(?:[^/?#]*@)?(\\[[^]]*\\]|[^:/?#]*)'), 255)), created_at, id
      )`,
    sql`
      create index job_words on sluice.job using gin (
        to_tsvector('simple', translate(table_name || ' ' || shown_url, '!"#$%&''()*+,-./:;<=>?@[\\]^_\`{|}~', repeat(' ', 32)))
      ) with (gin_pending_list_limit = 64)`,
  ],
  /** Jobs of several files: `other_urls` are those after the first as they are shown, `file` the number of the one that is read. */
  "0023_files": [
    sql`alter table sluice.job add column other_urls text[], add column file integer`,
    sql`alter table sluice.reject add column file_url text`,
    sql`alter table sluice.skipped_line add column file_url text, add column line_in_file bigint`,
  ],
  /**
   * `sluice.worker`: what is shown of a worker that holds the lock of its number (`sluice.replica`). After a crash of the server every
   * worker writes its row again.
   */
  "0024_worker": [
    sql`
      create unlogged table sluice.worker (
        replica integer primary key,
        slots integer not null,
        started_at timestamptz not null
      )`,
  ],
  /** Removes unchanged runs without a look at all other jobs. */
  "0025_unchanged_runs": [
    sql`create index job_unchanged on sluice.job (finished_at) where unchanged and final_state is not null`,
  ],
  "0026_source_location": [
    sql`
      alter table sluice.source
        -- the place after redirects that sent the validators, as a hash
        add column location text`,
  ],
  /** Finds the notifications that are due by host and owner, without a look at those that are due after them. */
  "0027_webhook_owner": [
    sql`alter table sluice.webhook add column owner text collate "C" not null default ''`,
    sql`update sluice.webhook set owner = job.owner from sluice.job where job.id = job_id`,
    sql`
      create index webhook_turn on sluice.webhook (host collate "C", owner, next_attempt_at) where state = 'pending'`,
  ],
  "0028_attempts": [
    sql`
      alter table sluice.job
        -- the latest attempts; one without an outcome runs if it is the last one and the job is active, otherwise it is lost
        add column attempts jsonb not null default '[]',
        -- of the latest attempt; null: nothing was reported
        add column throughput jsonb`,
  ],
  /**
   * `sluice.source_callback`: a receiver of the ends of a source's runs, whose URL only workers read. It never changes, and is kept
   * until the last notification to it has been delivered, which may be after its source has another one, or is gone.
   */
  "0029_source_callback": [
    sql`
      create table sluice.source_callback (
        id uuid primary key,
        host text not null,
        -- the key that encrypts the content; null if it is not encrypted
        key_id text,
        content text not null
      )`,
    sql`
      alter table sluice.source
        add column callback_id uuid,
        -- as it is shown
        add column callback_url text,
        -- when its options were last changed so that a version of the file that was loaded before is another one
        add column changed_at timestamptz`,
    sql`
      alter table sluice.webhook
        -- of the run of a source: the receiver, instead of a content
        add column callback_id uuid`,
  ],
  /**
   * All files of a job are found by their hosts and words. `other_hosts` are those besides the first file's, and `other_words` is the
   * text of `other_urls`, of which an index can hold only so much.
   */
  "0030_search_of_files": [
    sql`alter table sluice.job add column other_hosts text[], add column other_words text`,
    sql`
      update sluice.job
      set other_words = left(array_to_string(other_urls, ' '), 100000), other_hosts = (
        select array_agg(distinct host) from (
          select left(substring(lower(url) from '^https?://(?:[^/?#]*@)?(\\[[^]]*\\]|[^:/?#]*)'), 255) as host from unnest(other_urls) as url
        ) as hosts
        where host <> left(substring(lower(shown_url) from '^https?://(?:[^/?#]*@)?(\\[[^]]*\\]|[^:/?#]*)'), 255)
      )
      where other_urls is not null`,
    sql`drop index sluice.job_words`,
    sql`
      create index job_words on sluice.job using gin (
        to_tsvector('simple', translate(table_name || ' ' || shown_url || coalesce(' ' || other_words, ''), '!"#$%&''()*+,-./:;<=>?@[\\]^_\`{|}~', repeat(' ', 32)))
      ) with (gin_pending_list_limit = 64)`,
    sql`create index job_other_hosts on sluice.job using gin (other_hosts) where other_hosts is not null`,
    sql`alter table sluice.loaded_table add column other_urls text[]`,
  ],
  /**
   * The options of a source have had the names of its headers only since sources can be changed. One from before with a secret may have
   * headers whose names are unknown, so its URL is not changed without them.
   */
  "0031_headers_of_sources": [
    sql`
      update sluice.source set options = options || '{"headers": {}}'
      where options -> 'headers' is null and id in (select source_id from sluice.source_secret)`,
  ],
  /** As for `job_words`. */
  "0032_other_hosts": [sql`alter index sluice.job_other_hosts set (gin_pending_list_limit = 64)`],
  /**
   * What callers have been given of the workers, in bytes (`queue/claim/claimStatement.ts`). A sequence has no old versions, of which a
   * row that is updated with each claim would have thousands beside a long load. After a crash of the server all callers start equal.
   */
  "0033_fair_shares": [
    sql`create sequence sluice.virtual_time minvalue 0`,
    sql`
      create unlogged table sluice.caller_share (
        caller text collate "C" primary key,
        given bigint not null
      ) with (fillfactor = 50)`,
  ],
})
