import * as Effect from "effect/Effect"
import type { Query } from "./QueryPool.ts"
import { numberOf } from "./Source.ts"
import { columns, digestQuery, expectedOf, rejectsOf, rowsIn, skippedOf, type Spec } from "./Workload.ts"

/** A state of the database or a response that must not occur. */
export interface Violation {
  readonly rule: string
  readonly jobId: string | null
  readonly detail: string
}

/** What the suite knows about the jobs, independently of the database. */
export interface Expectations {
  /** The posted files by number. */
  readonly specs: ReadonlyMap<number, Spec>
  /** Jobs with a 202 response. */
  readonly accepted: ReadonlySet<string>
  /** Jobs whose cancel had a 200 response. */
  readonly cancelled: ReadonlySet<string>
  /** Jobs with a cancel request, with any response. */
  readonly cancelRequested: ReadonlySet<string>
  /** Jobs that must complete unless they were cancelled. */
  readonly mustComplete: ReadonlySet<string>
  /** Failed attempts, and crashes of its worker, after which a job fails. */
  readonly maxAttempts: number
  readonly maxCrashes: number
}

interface JobRow {
  readonly id: string
  readonly url: string
  readonly table_name: string
  readonly target_schema: string
  readonly final_state: string | null
  readonly attempts: number
  readonly rows_loaded: number
  readonly rows_rejected: number
  readonly error_code: string | null
  readonly finished_at: number | null
  readonly queue_state: string | null
}

interface TableRow {
  readonly schema: string
  readonly name: string
  readonly columns: ReadonlyArray<string>
}

const jobsQuery = `
  select job.id::text, job.shown_url as url, job.table_name, job.target_schema, job.final_state,
    (coalesce(job.retry_count, -1) + 1 - job.released)::int as attempts, job.rows_loaded::float8, job.rows_rejected::float8,
    job.error->>'code' as error_code, (extract(epoch from job.finished_at) * 1000000)::float8 as finished_at, boss.state::text as queue_state
  from sluice.job left join boss.job boss on boss.id = job.id`

const tablesQuery = `
  select nspname as schema, relname as name,
    array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped order by attnum) as columns
  from pg_class c join pg_namespace n on n.oid = relnamespace
  where relkind in ('r', 'p') and (nspname = any($1) or relname like 'load %')`

/** Whether the file explains the failure, or the job has used all its attempts or crashes. */
const isExcused = (
  job: JobRow,
  spec: Spec | undefined,
  { maxAttempts, maxCrashes }: Expectations,
): boolean => {
  if (job.error_code === "internal_error") return false
  if (job.error_code === "corrupt_compression") return spec?.isCorrupt === true
  return job.attempts > (job.error_code === "worker_lost" ? maxCrashes : maxAttempts - 1)
}

/** Checks every job and every table. Returns all violations. */
export const check = Effect.fnUntraced(function* (
  query: Query,
  expectations: Expectations,
  queryTables: Query = query,
) {
  const violations: Array<Violation> = []
  const report = (rule: string, jobId: string | null, detail: string) =>
    void violations.push({ rule, jobId, detail })

  const jobs = yield* query<JobRow>(jobsQuery)
  const schemas = [...new Set(["public", ...jobs.map(({ target_schema }) => target_schema)])]
  const tables = yield* queryTables<TableRow>(tablesQuery, [schemas])
  const rejects = new Map(
    (yield* query<{ id: string; n: number }>(
      `select job_id::text as id, count(*)::int as n from sluice.reject group by 1`,
    )).map(({ id, n }) => [id, n]),
  )
  const skippedLines = new Map(
    (yield* query<{ id: string; n: number }>(
      `select job_id::text as id, count(*)::int as n from sluice.skipped_line group by 1`,
    )).map(({ id, n }) => [id, n]),
  )
  /** The job of each table that completed last. */
  const owners = new Map(
    jobs
      .filter(({ final_state }) => final_state === "completed")
      .toSorted((one, other) => (one.finished_at ?? 0) - (other.finished_at ?? 0))
      .map((job) => [`${job.target_schema}.${job.table_name}`, job]),
  )

  const checkContent = Effect.fnUntraced(function* (job: JobRow, table: TableRow, spec: Spec) {
    if (table.columns.join() !== columns.join())
      return report("the table's columns differ from the file's", job.id, table.columns.join())
    const quoted = `"${job.target_schema}"."${job.table_name.replaceAll('"', '""')}"`
    const isWhole = spec.mode === "create" || spec.mode === "replace"
    const isThere =
      job.final_state === "completed" &&
      (spec.mode !== "replace" || owners.get(`${job.target_schema}.${job.table_name}`) === job)
    const [found] = yield* queryTables<{ rows: number; digest: string }>(
      digestQuery(isWhole && isThere ? quoted : rowsIn(quoted, spec)),
    )
    const expected = expectedOf(isThere ? spec : { ...spec, rows: 0 })
    const rows = found?.rows ?? 0
    if (rows !== expected.rows)
      report(
        "the table has a different number of rows than the file",
        job.id,
        `${rows} instead of ${expected.rows}`,
      )
    else if (found?.digest !== expected.digest)
      report("the table's rows differ from the file's", job.id, `${rows} rows with another digest`)
    if (isThere && job.rows_loaded !== rows)
      report("the job's row count is not the table's", job.id, `${job.rows_loaded}, ${rows}`)
  })

  const numbers = new Map<number, number>()
  for (const job of jobs) {
    const number = numberOf(job.url)
    const spec = number === undefined ? undefined : expectations.specs.get(number)
    if (number !== undefined) numbers.set(number, (numbers.get(number) ?? 0) + 1)
    const table = tables.find(({ name, schema }) => schema === job.target_schema && name === job.table_name)
    const rejected = rejects.get(job.id) ?? 0
    const skipped = skippedLines.get(job.id) ?? 0
    if (job.final_state === null)
      report("a job has not ended", job.id, `the queue says ${job.queue_state}, attempts ${job.attempts}`)
    if (job.queue_state !== null && job.final_state !== null && job.queue_state !== job.final_state)
      report("job record and queue disagree", job.id, `${job.final_state}, the queue says ${job.queue_state}`)
    if (job.attempts > expectations.maxAttempts + expectations.maxCrashes + 1)
      report("a job had more attempts than allowed", job.id, `${job.attempts} attempts`)
    if (job.final_state === "completed" && table === undefined)
      report("a completed job has no table", job.id, job.table_name)
    if (table !== undefined && spec !== undefined && (job.final_state === "completed" || spec.table !== null))
      yield* checkContent(job, table, spec)
    if (job.final_state === "completed" && spec?.isCorrupt === true)
      report("a damaged file was loaded", job.id, job.table_name)
    if (job.final_state === "completed" && job.rows_rejected !== rejected)
      report(
        "the job's reject count is not the number of stored rejects",
        job.id,
        `${job.rows_rejected}, ${rejected}`,
      )
    if (job.final_state === "completed" && spec !== undefined && rejected !== rejectsOf(spec))
      report(
        "the rejects are not the file's bad records",
        job.id,
        `${rejected} instead of ${rejectsOf(spec)}`,
      )
    if (job.final_state !== "completed" && rejected > 0)
      report("a job that was not completed has rejects", job.id, `${rejected}`)
    if (job.final_state === "completed" && spec !== undefined && skipped !== skippedOf(spec))
      report("the skipped lines are not the file's comments", job.id, `${skipped}`)
    if (job.final_state !== "completed" && skipped > 0)
      report("a job that was not completed has skipped lines", job.id, `${skipped}`)
    if (job.final_state === "failed" && !isExcused(job, spec, expectations))
      report("a job failed without an excuse", job.id, `${job.error_code}, attempts ${job.attempts}`)
    if (job.final_state !== "completed" && expectations.mustComplete.has(job.id))
      if (!(job.final_state === "cancelled" && expectations.cancelRequested.has(job.id)))
        report("a job that must complete did not", job.id, `${job.final_state}, ${job.error_code}`)
    if (expectations.cancelled.has(job.id) && job.final_state !== "cancelled")
      report("a confirmed cancel did not hold", job.id, String(job.final_state))
    if (job.final_state === "cancelled" && !expectations.cancelRequested.has(job.id))
      report("a job was cancelled without a request", job.id, "")
  }
  const shared = new Set([...expectations.specs.values()].map(({ table }) => table))
  for (const { name, schema } of tables) {
    if (name.startsWith("load "))
      report("a load left a table behind", name.split(" ")[1] ?? null, `${schema}.${name}`)
    else if (!owners.has(`${schema}.${name}`) && !shared.has(name)) {
      const owner = jobs.find((job) => job.table_name === name && job.target_schema === schema)
      report(
        "a table belongs to no completed job",
        owner?.id ?? null,
        `${schema}.${name}, ${owner?.final_state}`,
      )
    }
  }
  const ids = new Set(jobs.map(({ id }) => id))
  for (const jobId of expectations.accepted)
    if (!ids.has(jobId)) report("an accepted job does not exist", jobId, "")
  for (const [number, count] of numbers)
    if (count > 1) report("one POST created several jobs", null, `file ${number}: ${count} jobs`)
  const active = yield* query<{ id: string }>(
    `select id::text from boss.job where name = 'load' and state = 'active'`,
  )
  for (const { id } of active) report("the queue still has an active job", id, "")
  return violations
})

/** Checks that no session of the service is left after it has stopped. */
export const checkSessions = Effect.fnUntraced(function* (query: Query) {
  const sessions = yield* query<{ pid: number; application: string; state: string; query: string }>(
    `select pid, application_name as application, state, left(query, 80) as query from pg_stat_activity
    where datname = current_database() and application_name like 'sluice%'`,
  )
  return sessions.map(({ application, pid, query, state }): Violation => ({
    rule: "a session outlived its process",
    jobId: null,
    detail: `${pid} ${application} ${state}: ${query}`,
  }))
})
