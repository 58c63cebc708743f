import * as Effect from "effect/Effect"
import { file as dataFile } from "../../files/DataFiles.ts"
import { keyed } from "../../files/Keyed.ts"
import type { Options } from "../../Options.ts"
import { number, type Section } from "../../Report.ts"
import { median, percentile } from "../../Statistics.ts"
import * as Service from "../../world/Service.ts"
import type { World } from "../../world/World.ts"
import { type Page, readPage } from "./readPage.ts"

const sizes = { full: { rows: 10_000_000, pages: 10_000 }, quick: { rows: 100_000, pages: 200 } }

/** Pages at the beginning and at the end that are compared. */
const compared = 20

/** Follows the links of pages and measures each. */
const follow = Effect.fnUntraced(function* ({ jobs: { origin } }: World, path: string, pages: number) {
  // The first statement on a connection, and cold caches, are no property of a page.
  for (let n = 0; n < compared; n++) yield* readPage(origin, path)
  const firsts: Array<number> = []
  for (let n = 0; n < compared; n++) firsts.push((yield* readPage(origin, path)).millis)
  const millis: Array<number> = []
  let next: string | undefined = path
  while (next !== undefined && millis.length < pages) {
    const page: Page = yield* readPage(origin, next)
    millis.push(page.millis)
    next = page.next
  }
  return { first: median(firsts), last: median(millis.slice(-compared)), all: millis }
})

/** Pages of 100 rows of a large table, by its key, by an indexed column that is not unique, and by the order of a table without a key. */
export const rowPages = Effect.fnUntraced(function* (world: World, options: Options) {
  const { database, files, jobs } = world
  const size = options.quick ? sizes.quick : sizes.full
  const rows = options.rows ?? size.rows
  yield* database.clear
  yield* Service.startWorker(database, {})
  const url = files.urlOf(yield* dataFile(keyed, 1))
  const typed = { types: "infer" }
  yield* jobs.load(url, { ...typed, tableName: "bench_rows", primaryKey: "id", index: "customer" })
  yield* jobs.load(url, { ...typed, tableName: "bench_places" })
  // Loads would take minutes, and are not what is measured.
  yield* database.query(
    `insert into bench_rows (id, customer, amount, state, changed)
     select n, n::bigint * 7919 % 1000000, n % 1000, 'paid', '2024-01-01' from generate_series(1000001, ${rows + 1_000_000}) n`,
  )
  yield* database.query("insert into bench_places select * from bench_rows")
  for (const table of ["bench_rows", "bench_places"]) yield* database.query(`vacuum analyze ${table}`)
  const [counted] = yield* database.query<{ found: number }>(
    "select count(*)::float8 as found from bench_rows",
  )
  const shown: Array<ReadonlyArray<string>> = []
  for (const [order, path] of [
    ["primary key", "/tables/bench_rows/rows"],
    ["indexed column", "/tables/bench_rows/rows?order=customer"],
    ["place in the table", "/tables/bench_places/rows"],
  ] as const) {
    const { all, first, last } = yield* follow(world, path, size.pages)
    yield* Effect.log(
      `rows by ${order}: first ${first.toFixed(1)} ms, page ${all.length} ${last.toFixed(1)} ms`,
    )
    shown.push([
      `${number(counted?.found ?? null, 0)} rows`,
      order,
      number(first, 1),
      number(all.length, 0),
      number(last, 1),
      number(median(all), 1),
      number(percentile(all, 0.99), 1),
    ])
  }
  yield* database.clear
  return {
    title: "Pages of 100 rows, ms",
    head: ["table", "order", "page 1", "pages", "last pages", "median", "p99"],
    rows: shown,
    notes: [],
  } satisfies Section
}, Effect.scoped)
