import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as CsvServer from "../../support/CsvServer.ts"
import * as SourceClient from "../../support/SourceClient.ts"
import { startApi, startWorker } from "../../support/ServiceProcess.ts"
import { TestService } from "../../support/TestService.ts"

/**
 * How many sources run, how often, and for how many runs. For the long version:
 * `SCHEDULE_SOURCES=200 SCHEDULE_SECONDS=60 SCHEDULE_RUNS=10 npx vitest run test/EndToEnd/sources/Schedule.test.ts`
 */
const { SCHEDULE_RUNS = "3", SCHEDULE_SECONDS = "3", SCHEDULE_SOURCES = "20" } = process.env
const wanted = Number(SCHEDULE_RUNS)
const seconds = Number(SCHEDULE_SECONDS)

/** Milliseconds in which the planned runs exist: the first of each is at once, and the last ones may be late. */
const patience = 60_000 + (wanted + 2) * seconds * 1000
/** Milliseconds for a test, which starts processes too. */
const limit = patience + 60_000

layer(TestService.layer({ SOURCE_MIN_INTERVAL: "1 second" }), {
  excludeTestServices: true,
  timeout: Duration.seconds(60),
})("the schedule of sources", (it) => {
  it.effect(
    "runs each source once at each of its times, with three APIs of which one is killed",
    () =>
      Effect.gen(function* () {
        const { environment, files, origin, sql } = yield* TestService
        const apis = yield* Effect.all([startApi(environment), startApi(environment)], { concurrency: 2 })
        yield* startWorker(environment)
        yield* files.serve("/kept.csv", CsvServer.file("a\n1\n", { etag: '"1"' }))
        const created = yield* Effect.forEach(
          Array.from({ length: Number(SCHEDULE_SOURCES) }, (_, n) => n),
          (n) =>
            SourceClient.make([origin, ...apis.map((api) => api.origin)][n % 3]!).create(
              files.url("/kept.csv"),
              {
                tableName: `kept_${n}`,
                every: `${seconds}s`,
              },
            ),
          { concurrency: 4 },
        )
        yield* apis[0]!.signal("SIGKILL")
        // Planned runs are those that exist and those that were skipped because the one before had not ended.
        const planned = sql<{ runs: number; least: number }>`
          select count(*)::int as runs, min(created + skipped_runs)::int as least
          from (select source.id, skipped_runs, count(*) as created from sluice.source join sluice.job on source_id = source.id group by 1, 2) as source`
        yield* planned.pipe(
          Effect.filterOrFail(
            ([row]) => row?.runs === created.length && row.least >= 1 + wanted,
            () => "not yet" as const,
          ),
          Effect.retry({
            while: (error) => error === "not yet",
            schedule: Schedule.spaced("100 millis").pipe(Schedule.upTo({ duration: `${patience} millis` })),
          }),
        )
        // In one snapshot, because the sources go on running. The first run is not one of the planned ones.
        const counts = yield* sql<{ runs: number; skipped: number; times: number }>`
          select (count(*) - 1)::int as runs, skipped_runs as skipped,
            (round(extract(epoch from next_run_at - source.created_at) / interval_seconds) - 1)::int as times
          from sluice.source join sluice.job on source_id = source.id group by source.id`
        assert.lengthOf(counts, created.length)
        for (const { runs, skipped, times } of counts)
          assert.strictEqual(runs + skipped, times, "one run for each planned time")
      }),
    limit,
  )

  it.effect(
    "ends with the source, whose run is cancelled",
    () =>
      Effect.gen(function* () {
        const { environment, files, origin, sql } = yield* TestService
        const sources = SourceClient.make(origin)
        yield* files.serve("/slow.csv", CsvServer.byHand)
        yield* startWorker(environment)
        const source = yield* sources.create(files.url("/slow.csv"), { tableName: "slow", every: "1h" })
        assert.strictEqual((yield* sources.ask("GET", `/${source.sourceId}`)).status, 200)
        yield* files.request("/slow.csv")
        const deleted = yield* sources.ask("DELETE", `/${source.sourceId}`)
        assert.strictEqual(deleted.status, 204)
        const [run] = yield* sql`select final_state from sluice.job where source_id = ${source.sourceId}`
        assert.deepStrictEqual(run, { final_state: "cancelled" })
        for (const method of ["GET", "DELETE"] as const) {
          const gone = yield* sources.ask(method, `/${source.sourceId}`)
          assert.deepInclude(gone.body, { code: "unknown_source", status: 404 })
        }
      }),
    limit,
  )
})
