import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Claim } from "../../../Domain/job/Claim.ts"
import type { IdempotencyKey } from "../../../Domain/job/IdempotencyKey.ts"
import { JobId, toJobError } from "../../../Domain/job/Job.ts"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import { defaultMode } from "../../../Domain/load/options/ModeOptions.ts"
import { defaultPriority } from "../../../Domain/load/options/QueueOptions.ts"
import { LoadOptions } from "../../../Domain/load/options/LoadOptions.ts"
import { type AttemptReport, type StartedClaim } from "../../../Domain/job/Jobs.ts"
import { speedWindow } from "../../../Domain/job/Progress.ts"
import { QueuedLoad } from "../../../Domain/job/JobQueue.ts"
import { quoteLiteral } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { TableName, tableNameParts } from "../../../Domain/load/columns/TableName.ts"
import { type Owner, seesAll } from "../../../Domain/service/Caller.ts"
import { queueName, queueTable } from "../queue/queueTable.ts"
import { enqueueFrom } from "../queue/enqueueFrom.ts"
import { isSamePlace } from "../postgres/tablePlace.ts"
import { Admission } from "../queue/Admission.ts"
import { isFree, reservationOf } from "../target/reservation.ts"
import {
  type AttemptEnd,
  begunAttempt,
  storedPoints,
  withBegun,
  withEnd,
  withPhases,
} from "./record/attemptHistory.ts"
import { CreatedRow, createdColumns, JobRow, jobColumns } from "./record/JobRow.ts"
import { decodeKnown, decodeLoadedAs, knownVersion } from "./record/knownVersion.ts"
import { isOfOthers } from "./LoadedTables.ts"
import type { TablesApart } from "./TablesApart.ts"
import type { NewJob } from "./creation/storedRequest.ts"

/** Only this service writes these rows, so a row that does not decode is a bug. */
const decodeCreated = Schema.decodeUnknownSync(CreatedRow)
const decodeRowOption = Schema.decodeUnknownOption(JobRow)
const first = (rows: ReadonlyArray<unknown>) => Option.map(Option.fromNullishOr(rows[0]), decodeCreated)
const encodeOptions = Schema.encodeSync(LoadOptions)
const encodeMessage = Schema.encodeSync(Schema.fromJsonString(QueuedLoad))

/** SQL of the seconds since a time, which are never 0. */
const secondsSince = (time: string): string => `greatest(0.001, extract(epoch from now() - ${time}))::float8`

/** SQL of an exponential moving average of the speed. It begins with the mean until the first report. Postgres fails on exp(-1000). */
const movingAverage = `case
  when reported_at is null then report."bytesReceived" / ${secondsSince("attempt_started_at")}
  else coalesce(bytes_per_second, 0) + (1 - exp(-least(${secondsSince("reported_at")} / ${Duration.toSeconds(speedWindow)}, 100)))
    * ((report."bytesReceived" - bytes_received) / ${secondsSince("reported_at")} - coalesce(bytes_per_second, 0))
end`

/** SQL condition over the columns of `place`: whether an unfinished job is on the table. */
const occupied = `exists (
  select from sluice.job as other where ${isSamePlace("other", "place")} and final_state is null
)`

/** The statements on `sluice.job`. They run in the calling fiber's transaction, or on the pool when it has none. */
export const make = (sql: SqlClient.SqlClient, targetSchema: string) => {
  const ofCreated = sql.literal(createdColumns)
  const isOccupied = sql.literal(occupied)

  /**
   * SQL of the job's n-th table name. Its time is that of the database's clock, as all times of a job, because the clocks of
   * the service's machines differ.
   */
  const nameOf = (job: NewJob, n: number, table = job.options.tableName) => {
    const { after, before } = tableNameParts(job.shownUrl, n)
    return sql`coalesce(${table ?? null}::text, ${before}::text || floor(extract(epoch from now()))::bigint || ${after}::text)`
  }

  /**
   * Inserts the job, also into the queue, unless a job or an existing table has its table name, or a job of this owner has its
   * key. `on conflict` waits for a concurrent insert with the same name or key to commit. (A lock on the name would make all
   * creations wait that share it, and reading first would miss concurrent inserts.)
   *
   * @param n number of the table name, if none is requested
   * @param table the name, if it is known
   */
  const insert = (job: NewJob, n: number, table?: TableName) => {
    const isHere = job.apart === null
    const { holdsName, isAvailable } = reservationOf(job.options.mode ?? defaultMode, isHere)
    const isHeld = sql.literal(String(job.holder !== null))
    const inserted = Effect.map(
      sql`
        with created as (
          insert into sluice.job (id, owner, caller, file_url, shown_url, requested_url, target_schema, table_name, created_at, options,
            idempotency_key, request_hash, holds_name, source_id, retry_count, started_at, attempt_started_at, attempts, other_urls, other_words, target, waits)
          select ${job.id}::uuid, ${job.caller.owner}::text, ${job.caller.id}::text, ${job.fileUrl}::text, ${job.shownUrl}::text, ${job.requestedUrl}::text,
            target_schema, table_name, now(), ${JSON.stringify(encodeOptions(job.options))}::text::jsonb,
            ${job.idempotencyKey}::text, ${job.requestHashes[0] ?? null}::text, ${holdsName}::boolean, ${job.sourceId}::uuid,
            case when ${isHeld} then 0 end, case when ${isHeld} then now() end, case when ${isHeld} then now() end,
            case when ${isHeld} then ${sql.literal(begunAttempt("1", String(job.holder)))} else '[]' end,
            ${job.otherUrls}::text[], ${job.otherWords}::text, target,
            -- two jobs that do not see each other conflict in an index, and one of them is inserted again
            ${isOccupied}
          from (select ${job.options.schema ?? targetSchema}::text as target_schema, ${nameOf(job, n, table)} as table_name, ${job.apart?.name ?? null}::text as target) as place
          where ${sql.literal(isAvailable)} and not ${sql.literal(isOfOthers(seesAll(job.caller) ? "null" : quoteLiteral(job.caller.owner), isHere))}
            -- an upload cannot wait for another job on its table
            and not (${isHeld} and ${isOccupied})
          on conflict do nothing
          returning ${ofCreated}, waits, retry_count
        ), secret as (
          insert into sluice.job_secret (job_id, key_id, content)
          select id, ${job.secret?.keyId ?? null}::text, ${job.secret?.content ?? null}::text from created
          where ${job.secret !== null}::boolean
        ), webhook as (
          insert into sluice.webhook (job_id, owner, host, shown_url, key_id, content)
          select id, ${job.caller.owner}::text, ${job.webhook?.host ?? null}::text, ${job.webhook?.shownUrl ?? null}::text, ${job.webhook?.keyId ?? null}::text,
            ${job.webhook?.content ?? null}::text
          from created where ${job.webhook !== null}::boolean
        ), other_host as (
          insert into sluice.job_other_host (job_id, host, owner, created_at)
          select id, host, ${job.caller.owner}::text, created_at from created cross join lateral unnest(${job.otherHosts}::text[]) as host
        ), message as (
          select id, ${job.caller.id}::text as group_id, ${encodeMessage(job.message)}::text::jsonb as data,
            ${job.host}::text as host, ${job.options.priority ?? defaultPriority}::integer as priority, waits as blocked from created
        ), held as (
          insert into sluice.claim (job_id, retry_count, replica)
          select id, retry_count, ${job.holder}::integer from created where ${isHeld}
        ), queued as (
          ${sql.literal(enqueueFrom("message", job.holder === null ? "waiting" : "held"))}
        )
        select * from created`,
      first,
    )
    return Effect.flatMap(Admission, (admit) => admit(inserted))
  }

  /** Whether another database has a table that keeps the job from its own. */
  const isTaken = Effect.fnUntraced(function* (
    { exists, isOfOthers: belongsToOthers }: TablesApart,
    { caller, options }: NewJob,
    table: TableName,
  ) {
    const { schema = targetSchema } = options
    if ((options.mode ?? defaultMode) === "create" && (yield* exists(schema, table))) return true
    return !seesAll(caller) && (yield* belongsToOthers(schema, table, caller.owner))
  })

  const generatedName = (job: NewJob, n: number) =>
    Effect.map(sql<{ name: string }>`select ${nameOf(job, n)} as name`, ([row]) => TableName.make(row!.name))

  /**
   * `insert`; if the tables are in another database, that one is asked for the name first, so that no transaction waits for it. A job
   * that makes a table with this name meanwhile has reserved it.
   */
  const insertIfFree = Effect.fnUntraced(function* (job: NewJob, n: number) {
    const { apart } = job
    if (apart === null) return yield* insert(job, n)
    const table = job.options.tableName ?? (yield* generatedName(job, n))
    return (yield* isTaken(apart, job, table)) ? Option.none() : yield* insert(job, n, table)
  })

  /** SQL condition: whether a row is about a table in the schema and the database of the job's. */
  const isBeside = ({ apart, options }: NewJob) =>
    sql`target_schema = ${options.schema ?? targetSchema} and coalesce(target, '') = ${apart?.name ?? ""}`

  /** SQL condition: whether a row is about a table of this name, where the job's is. */
  const isOn = (job: NewJob, table: TableName) => sql`${isBeside(job)} and table_name = ${table}`

  /** The job that the owner created with the key. */
  const selectByKey = (owner: Owner, key: IdempotencyKey) =>
    Effect.map(
      sql`select ${ofCreated} from sluice.job where owner = ${owner} and idempotency_key = ${key}`,
      first,
    )

  /** The first unfinished job on the table, if the new job's caller may see it. */
  const unfinishedOn = (job: NewJob, table: TableName) =>
    Effect.map(
      sql<{ id: string }>`
        select id from sluice.job
        where ${isOn(job, table)} and final_state is null
          and (owner = ${job.caller.owner} or ${seesAll(job.caller)})
        order by created_at limit 1`,
      (rows) => Option.map(Option.fromNullishOr(rows[0]), ({ id }) => JobId.make(id)),
    )

  /**
   * Frees the name of a loaded table that has been dropped since. Only when the name is requested: DROP TABLE does not
   * notify anyone, and a trigger on it needs a superuser.
   */
  const freeName = Effect.fnUntraced(function* (job: NewJob, table: TableName) {
    const { apart, options } = job
    if (apart !== null && (yield* apart.exists(options.schema ?? targetSchema, table))) return
    yield* sql`
      update sluice.job set holds_name = false
      where holds_name and ${isOn(job, table)} and final_state is not null and ${sql.literal(apart === null ? isFree : "true")}`
  })

  /**
   * Number of reserved names that the job's first one begins: the search for a free suffix starts there, so that a thousand
   * jobs for one URL in one second do not try a thousand names each.
   */
  const countWithName = (job: NewJob) =>
    Effect.map(
      // A range, not LIKE: "`" follows "_" in the C collation, so it holds every name that starts with "base_".
      sql<{ taken: number }>`
        select count(*)::int as taken from sluice.job
        where holds_name and ${isBeside(job)}
          and table_name >= ${nameOf(job, 1)} || '_' and table_name < ${nameOf(job, 1)} || ${"`"}::text`,
      (rows) => rows[0]!.taken,
    )

  /**
   * Starts the attempts of claims; returns each claim with its job's row and its secret, if it has one. A row that does
   * not decode is `None`, so that it does not prevent the others from starting. Of the run of a source, also what is known of
   * the version that its table has.
   */
  const begin = (claims: ReadonlyArray<StartedClaim>) =>
    Effect.map(
      sql<{
        readonly id: string
        readonly retry_count: number
        readonly key_id: string | null
        readonly content: string | null
        readonly known: unknown
        readonly loaded_as: unknown
      }>`
        with begun as (
          update sluice.job
          set retry_count = claim."retryCount", started_at = coalesce(started_at, now()),
            attempt_started_at = now(), earlier_bytes = earlier_bytes + bytes_received, bytes_received = 0, bytes_total = null, rows_loaded = 0,
            rows_rejected = 0, resumes = 0, file = null, reported_at = null, error = null, attempts = ${sql.literal(withBegun('claim."retryCount" + 1 - released', "claim.replica"))},
            throughput = null
          from jsonb_to_recordset(${JSON.stringify(claims)}::text::jsonb)
            as claim("jobId" uuid, "retryCount" integer, replica integer)
          where id = claim."jobId" and final_state is null
            -- a lapsed claim must not overwrite its successor
            and coalesce(retry_count, 0) <= claim."retryCount"
          returning ${sql.literal(jobColumns)}
        )
        select begun.*, coalesce(job_secret.key_id, source_secret.key_id) as key_id,
          coalesce(job_secret.content, source_secret.content) as content, known, loaded_as
        from begun
          left join sluice.job_secret on job_id = id
          left join sluice.source_secret on source_secret.source_id = begun.source_id
          left join lateral (${sql.literal(knownVersion("begun.source_id", "begun.target is null"))}) as version on true`,
      (rows) =>
        rows.map((row) => ({
          claim: { jobId: JobId.make(row.id), retryCount: row.retry_count },
          row: decodeRowOption(row),
          known: row.known === null ? null : decodeKnown(row.known),
          loadedAs: decodeLoadedAs(row.loaded_as),
          secret: row.content === null ? null : { keyId: row.key_id, content: row.content },
        })),
    )

  /**
   * Stores progress, one statement for all running attempts. Skips records that someone has locked, because waiting would
   * delay the heartbeat of all others; the next report follows a second later.
   */
  const report = (progress: ReadonlyArray<AttemptReport>) => {
    const reports = progress.map(({ claim, counters, measured: { phases = [], throughput } = {} }) =>
      Object.assign({}, claim, counters, {
        phases,
        ...(throughput === undefined ? {} : { throughput: storedPoints(throughput) }),
      }),
    )
    return sql`
      with report as (
        select * from jsonb_to_recordset(${JSON.stringify(reports)}::text::jsonb)
          as report("jobId" uuid, "retryCount" integer, "bytesReceived" bigint, "bytesTotal" bigint,
            "rowsLoaded" bigint, "rowsRejected" bigint, file integer, resumes integer, phases jsonb, throughput jsonb)
      ), free as (
        select id from sluice.job join report on id = "jobId" and retry_count = "retryCount"
        where final_state is null for update of job skip locked
      )
      update sluice.job
      set bytes_received = report."bytesReceived", bytes_total = report."bytesTotal",
        rows_loaded = report."rowsLoaded", rows_rejected = report."rowsRejected", file = report.file, resumes = report.resumes,
        attempts = ${sql.literal(withPhases("report.phases"))}, throughput = coalesce(report.throughput, job.throughput),
        reported_at = now(), bytes_per_second = ${sql.literal(movingAverage)}
      from free join report on free.id = report."jobId"
      where job.id = free.id`
  }

  /**
   * The job returns to the queue.
   *
   * @param error of the attempt; `null` if a shutdown released the job, which does not count as an attempt
   */
  const requeue = (claim: Claim, error: LoadError | null, end: AttemptEnd) => sql`
    update sluice.job
    set error = coalesce(${error === null ? null : JSON.stringify(toJobError(error))}::text::jsonb, error),
      released = released + ${error === null ? 1 : 0}::integer,
      attempts = ${sql.literal(withEnd("ending.attempt"))},
      earlier_bytes = earlier_bytes + bytes_received, bytes_received = 0, rows_loaded = 0, rows_rejected = 0, file = null, reported_at = null
    from (select ${JSON.stringify(end)}::text::jsonb as attempt) as ending
    where id = ${claim.jobId} and retry_count = ${claim.retryCount} and final_state is null`

  const holdUntil = (duration: Duration.Duration) =>
    sql`now() + ${Duration.toSeconds(duration)}::float8 * interval '1 s'`
  const orLonger = sql.literal(
    "on conflict (host) do update set held_until = greatest(held_host.held_until, excluded.held_until)",
  )

  /** No job of the host is claimed during this time. */
  const holdHost = (host: string, duration: Duration.Duration) => sql`
    insert into sluice.held_host (host, held_until) values (${host}, ${holdUntil(duration)}) ${orLonger}`

  /** The same for the host that the job counts for. */
  const holdHostOf = (jobId: JobId, duration: Duration.Duration) => sql`
    insert into sluice.held_host (host, held_until)
    select group_tier, ${holdUntil(duration)} from ${sql.literal(queueTable)}
    where name = ${queueName} and id = ${jobId} and group_tier is not null ${orLonger}`

  return {
    holdHost,
    holdHostOf,
    insert: insertIfFree,
    selectByKey,
    unfinishedOn,
    freeName,
    countWithName,
    begin,
    report,
    requeue,
  }
}
