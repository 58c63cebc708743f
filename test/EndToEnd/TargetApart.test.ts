import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { FetchHttpClient, HttpClient } from "effect/http"
import * as CsvServer from "../support/CsvServer.ts"
import { type ServiceProcess, start, startWorker } from "../support/ServiceProcess.ts"
import { TestDatabase } from "../support/TestDatabase.ts"
import { TestService } from "../support/TestService.ts"

const textOf = (url: string) =>
  HttpClient.get(url).pipe(
    Effect.flatMap(({ text }) => text),
    Effect.provide(FetchHttpClient.layer),
  )

/** A third database, which has a name. */
class Lake extends Context.Service<Lake, PgClient.PgClient>()("sluice/test/Lake") {
  static readonly layer = (url: Redacted.Redacted) =>
    Layer.effect(Lake, Effect.service(PgClient.PgClient)).pipe(
      Layer.provide(Layer.fresh(PgClient.layer({ url }))),
    )
}

/** A service whose tables are in a second database, or in a third one if jobs name it, and clients of both. */
const Apart = Layer.unwrap(
  Effect.map(Effect.all([TestDatabase.make, TestDatabase.make]), ([{ url }, lake]) =>
    TestService.layer({
      TARGET_DATABASE_URL: Redacted.value(url),
      TARGET_DATABASES: `lake=${Redacted.value(lake.url)}`,
    }).pipe(Layer.merge(PgClient.layer({ url })), Layer.merge(Lake.layer(lake.url))),
  ),
)

/** Loads two files into one table, and reads it through the API. */
const loadAndRead = Effect.gen(function* () {
  const { api, files, origin, sql } = yield* TestService
  const target = yield* PgClient.PgClient
  yield* files.serve("/trips.csv", CsvServer.file("id,fare\n1,a\n2,b\n"))
  yield* files.serve("/more.csv", CsvServer.file("id,fare\n2,c\n3,d\n"))
  const options = { tableName: "trips", mode: "upsert", key: ["id"] }
  for (const file of ["/trips.csv", "/more.csv"]) {
    const job = yield* api.reaches(yield* api.create(files.url(file), options), "completed", "failed")
    assert.strictEqual(job.state, "completed", JSON.stringify(job.error))
  }
  assert.deepStrictEqual(yield* target`select id, fare from public.trips order by id`, [
    { id: "1", fare: "a" },
    { id: "2", fare: "c" },
    { id: "3", fare: "d" },
  ])
  assert.deepStrictEqual(yield* sql`select relname from pg_class where relname = 'trips'`, [])
  const { body } = yield* api.get("/tables/trips/rows?select=id&order=id")
  assert.include(JSON.stringify(body), '"3"')
  assert.include(JSON.stringify((yield* api.get("/tables")).body), '"trips"')
  assert.include(yield* textOf(`${origin}/tables/trips/export`), "2,c")
})

/** Loads, previews and refuses by the name of a database. */
const loadByName = Effect.gen(function* () {
  const { api, files } = yield* TestService
  const url = files.url("/trips.csv")
  const options = { tableName: "trips", mode: "append", target: "lake" }
  const job = yield* api.reaches(yield* api.create(url, options), "completed", "failed")
  assert.deepStrictEqual([job.state, job.target], ["completed", "lake"])
  const lake = yield* Lake
  assert.deepStrictEqual(yield* lake`select id from public.trips order by id`, [{ id: "1" }, { id: "2" }])
  const preview = (target: string) => api.preview(url, { ...options, target })
  assert.strictEqual((yield* preview("lake")).status, 200)
  for (const refused of [yield* preview("sea"), yield* api.post(url, {}, { target: "sea" })]) {
    assert.strictEqual(refused.status, 400)
    assert.include(JSON.stringify(refused.body), "default, lake")
  }
})

/** Reads tables of one name from two databases. */
const readByName = Effect.gen(function* () {
  const { api, origin } = yield* TestService
  const rows = (target: string) => api.get(`/tables/trips/rows?select=id&order=id${target}`)
  const unnamed = yield* rows("")
  assert.strictEqual(unnamed.status, 400)
  assert.include(JSON.stringify(unnamed.body), "default, lake")
  assert.deepStrictEqual((yield* rows("&target=lake")).body, [{ id: "1" }, { id: "2" }])
  assert.lengthOf((yield* rows("&target=default")).body as ReadonlyArray<unknown>, 3)
  assert.strictEqual((yield* rows("&target=sea")).status, 400)
  assert.include(yield* textOf(`${origin}/tables/trips/export?target=lake`), "2,b")
  const details = JSON.stringify((yield* api.get("/tables/trips?target=lake")).body)
  assert.include(details, '"target":"lake"')
  const first = (yield* api.get("/tables?limit=1")).body as { tables: ReadonlyArray<unknown>; next: string }
  const second = yield* api.get(`/tables?limit=1&after=${first.next}`)
  assert.deepStrictEqual(
    [first.tables, (second.body as typeof first).tables]
      .flat()
      .map((table) => (table as { target: string }).target),
    ["default", "lake"],
  )
})

/** Kills the worker after it has committed a table, and before the job's record says so. */
const killBetweenCommits = Effect.fnUntraced(function* (worker: ServiceProcess) {
  const { api, files, sql } = yield* TestService
  const target = yield* PgClient.PgClient
  yield* files.serve("/killed.csv", CsvServer.byHand)
  const jobId = yield* api.create(files.url("/killed.csv"))
  const exchange = yield* files.request("/killed.csv")
  yield* sql.withTransaction(
    Effect.gen(function* () {
      yield* sql`select from sluice.job where id = ${jobId} for update`
      yield* exchange.head(200)
      yield* exchange.send(`n,m\n${"1,2\n".repeat(20)}3,4,5\n`)
      yield* exchange.end
      yield* target`select from sluice.load where job_id = ${jobId} and state = 'done'`.pipe(
        Effect.filterOrFail((found) => found.length === 1),
        Effect.eventually,
        Effect.timeout("20 seconds"),
      )
      yield* worker.signal("SIGKILL")
      yield* worker.exit
    }),
  )
  const job = yield* api.reaches(jobId, "completed", "failed")
  assert.deepStrictEqual([job.state, job.progress.rowsLoaded], ["completed", 20])
  assert.include(JSON.stringify((yield* api.get(`/job_rejects?jobId=${jobId}`)).body), "3,4,5")
  const rows = yield* target`select count(*)::int as rows from public.${target(job.table)}`
  assert.deepStrictEqual(rows, [{ rows: 20 }])
})

/** A worker that lacks the setting would use up the attempts of all jobs. */
const refusesToStartWithout = Effect.fnUntraced(function* (environment: Readonly<Record<string, string>>) {
  const { TARGET_DATABASE_URL: _, ...others } = environment
  const worker = yield* start("worker", others)
  assert.notStrictEqual(yield* worker.exit, 0)
  assert.include(JSON.stringify(worker.log), "TARGET_DATABASE_URL is missing")
})

layer(Apart, { excludeTestServices: true, timeout: Duration.seconds(120) })(
  "a service with tables in another database",
  (it) => {
    it.effect(
      "loads, shows and exports them, and completes the job of a worker that is killed between the two commits",
      () =>
        Effect.gen(function* () {
          const { environment } = yield* TestService
          const worker = yield* startWorker(environment)
          yield* loadAndRead
          yield* loadByName
          yield* readByName
          yield* refusesToStartWithout(environment)
          yield* killBetweenCommits(worker)
        }),
      90_000,
    )
  },
)
