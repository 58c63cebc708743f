import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as CsvServer from "../../support/CsvServer.ts"
import * as SourceClient from "../../support/SourceClient.ts"
import { startApi, startWorker } from "../../support/ServiceProcess.ts"
import { TestService } from "../../support/TestService.ts"

/** Milliseconds for a test that starts processes and waits for runs. */
const patience = 120_000

/** Runs of each source that the test waits for. */
const wanted = 3

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
          Array.from({ length: 20 }, (_, n) => n),
          (n) =>
            SourceClient.make([origin, ...apis.map((api) => api.origin)][n % 3]!).create(
              files.url("/kept.csv"),
              {
                tableName: `kept_${n}`,
                every: "3s",
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
            schedule: Schedule.spaced("100 millis").pipe(Schedule.upTo({ duration: "60 seconds" })),
          }),
        )
        // In one snapshot, because the sources go on running. The first run is not one of the planned ones.
        const counts = yield* sql<{ runs: number; times: number }>`
          select (count(*) - 1 + skipped_runs)::int as runs,
            (round(extract(epoch from next_run_at - source.created_at) / interval_seconds) - 1)::int as times
          from sluice.source join sluice.job on source_id = source.id group by source.id`
        assert.lengthOf(counts, created.length)
        for (const { runs, times } of counts) assert.strictEqual(runs, times, "one run for each planned time")
      }),
    patience,
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
    patience,
  )
})
