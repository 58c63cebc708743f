import { assert, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as CsvServer from "../support/CsvServer.ts"
import { startWorker } from "../support/ServiceProcess.ts"
import { TestService } from "../support/TestService.ts"

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "cancelling",
  (it) => {
    it.effect("a cancelled waiting job is never downloaded", () =>
      Effect.gen(function* () {
        const { api, files, environment, tables } = yield* TestService
        yield* files.serve("/waiting.csv", CsvServer.file("a\n1\n"))
        yield* files.serve("/next.csv", CsvServer.file("a\n1\n"))
        const jobId = yield* api.create(files.url("/waiting.csv"))
        const answer = yield* api.cancel(jobId)
        assert.strictEqual(answer.status, 200)
        const job = yield* api.status(jobId)
        assert.deepStrictEqual([job.state, job.startedAt], ["cancelled", null])
        assert.deepStrictEqual((yield* api.cancel(jobId)).status, 200)
        yield* startWorker(environment)
        yield* api.reaches(yield* api.create(files.url("/next.csv")), "completed")
        assert.lengthOf(files.received("/waiting.csv"), 0)
        assert.notInclude(yield* tables, job.table)
      }),
    )

    it.effect(
      "cancelling a load during COPY in another process closes socket and backend within a second and leaves no table",
      () =>
        Effect.gen(function* () {
          const { api, files, environment, tables, loadingBackends } = yield* TestService
          const worker = yield* startWorker(environment)
          yield* files.serve("/endless.csv", CsvServer.byHand)
          const jobId = yield* api.create(files.url("/endless.csv"))
          const exchange = yield* files.request("/endless.csv")
          yield* exchange.head(200, { "content-length": 1_000_000 })
          yield* exchange.send(`a,b\n${"1,2\n".repeat(50_000)}`)
          const loading = yield* api.until(jobId, ({ progress }) => progress.rowsLoaded > 0)
          assert.strictEqual(loading.state, "active")
          assert.strictEqual(loading.progress.bytesTotal, 1_000_000)
          assert.isAbove(loading.progress.percent ?? 0, 10)
          assert.strictEqual(yield* loadingBackends, 1)

          const cancelledAt = yield* Clock.currentTimeMillis
          assert.strictEqual((yield* api.cancel(jobId)).status, 200)
          yield* exchange.closed
          yield* loadingBackends.pipe(
            Effect.filterOrFail(
              (backends) => backends === 0,
              () => "a backend is still loading",
            ),
            Effect.retry(Schedule.spaced("10 millis").pipe(Schedule.upTo({ duration: "10 seconds" }))),
          )
          // Promised: a cancel ends a load within a second.
          assert.isBelow((yield* Clock.currentTimeMillis) - cancelledAt, 1000)
          yield* worker.logged((line) => line["job_id"] === jobId && line["outcome"] === "cancelled")
          const job = yield* api.status(jobId)
          assert.deepStrictEqual([job.state, job.progress.rowsLoaded], ["cancelled", 0])
          assert.notInclude(yield* tables, job.table)
        }),
    )

    it.effect("a heartbeat notices a cancel whose notification was lost", () =>
      Effect.gen(function* () {
        const { api, files, environment, sql, tables } = yield* TestService
        yield* startWorker(environment)
        yield* files.serve("/unnotified.csv", CsvServer.byHand)
        const jobId = yield* api.create(files.url("/unnotified.csv"))
        const exchange = yield* files.request("/unnotified.csv")
        yield* exchange.head(200)
        yield* exchange.send("a\n1\n")
        // As another client of the queue would cancel: without a notification.
        yield* sql`update boss.job set state = 'cancelled', completed_on = now() where id = ${jobId}`
        yield* exchange.closed
        assert.notInclude(yield* tables, (yield* api.status(jobId)).table)
      }),
    )
  },
)
