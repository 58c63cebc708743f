import * as Effect from "effect/Effect"
import { file as dataFile } from "../../files/DataFiles.ts"
import { narrow } from "../../files/Narrow.ts"
import type { Options } from "../../Options.ts"
import { number, type Section } from "../../Report.ts"
import { median, percentile } from "../../Statistics.ts"
import type { Database } from "../../world/Database.ts"
import * as Service from "../../world/Service.ts"
import type { World } from "../../world/World.ts"
import { readPage } from "./readPage.ts"

const sizes = {
  full: { jobs: 1_000_000, pages: 300, warmUp: 100 },
  quick: { jobs: 10_000, pages: 20, warmUp: 5 },
}

/** What differs from the job that is copied, as SQL with `n`, which counts from 1 and is one second each, the newest first. */
const differing: Readonly<Record<string, string>> = {
  id: "gen_random_uuid()",
  table_name: "'table_' || n % 1000",
  file_url: "url",
  shown_url: "url",
  created_at: "now() - n * interval '1 second'",
  final_state: "case when n % 100 = 0 then 'failed' when n % 1000 = 1 then 'cancelled' else 'completed' end",
  source_id: "('00000000-0000-4000-8000-' || lpad((n % 100)::text, 12, '0'))::uuid",
  holds_name: "false",
  idempotency_key: "null",
}

const url = "'https://host' || n % 50 || '.example/' || 'report' || n % 200 || '/file_' || n || '.csv'"

/** Copies the only job. */
const fill = Effect.fnUntraced(function* (database: Database, jobs: number) {
  const columns = yield* database.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = 'sluice.job'::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
  )
  const names = columns.map(({ name }) => `"${name}"`).join(", ")
  const values = columns.map(({ name }) => differing[name] ?? `job."${name}"`).join(", ")
  yield* database.query(
    `insert into sluice.job (${names})
     select ${values} from sluice.job, generate_series(1, ${jobs}) as n cross join lateral (select ${url} as url) as made`,
  )
  yield* database.query("vacuum analyze sluice.job")
})

/** Pages of the list of a million jobs of one caller, by each filter and by some together. */
export const jobPages = Effect.fnUntraced(function* (world: World, options: Options) {
  const { database, files, jobs } = world
  const size = options.quick ? sizes.quick : sizes.full
  const wanted = options.rows ?? size.jobs
  yield* database.clear
  yield* Service.startWorker(database, {})
  yield* jobs.load(files.urlOf(yield* dataFile(narrow, 1)), { tableName: "bench_jobs" })
  yield* fill(database, wanted)
  yield* database.settle
  const middle = new Date(Date.now() - wanted * 500).toISOString()
  const rows: Array<ReadonlyArray<string>> = []
  for (const filter of [
    "",
    "state=completed",
    "state=failed",
    "state=active",
    "table=table_7",
    "host=host7.example",
    "sourceId=00000000-0000-4000-8000-000000000007",
    `createdAfter=${middle}`,
    `createdBefore=${middle}`,
    "text=report7",
    "text=nowhere",
    "state=failed&host=host0.example",
    "state=failed&text=report100",
    `table=table_7&createdBefore=${middle}`,
  ]) {
    const first = `/jobs?${filter}`
    // The first statement on a connection, and code that V8 has not compiled yet, are no property of a page.
    for (let n = 0; n < size.warmUp; n++) yield* readPage(jobs.origin, first)
    const millis: Array<number> = []
    let next = first
    while (millis.length < size.pages) {
      const page = yield* readPage(jobs.origin, next)
      millis.push(page.millis)
      next = page.next ?? first
    }
    const worst = percentile(millis, 0.99)
    yield* Effect.log(`jobs by ${filter}: p99 ${worst.toFixed(1)} ms`)
    rows.push([
      filter === "" ? "none" : filter,
      number(millis.length, 0),
      number(millis[0] ?? null, 1),
      number(median(millis), 1),
      number(worst, 1),
    ])
  }
  yield* database.query("truncate sluice.job cascade")
  yield* database.clear
  return {
    title: `Pages of the list of ${number(wanted, 0)} jobs, ms`,
    head: ["filter", "pages", "first", "median", "p99"],
    rows,
    notes: [],
  } satisfies Section
}, Effect.scoped)
