import { assert, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as CsvServer from "../support/CsvServer.ts"
import * as ServiceClient from "../support/ServiceClient.ts"
import { startApi, startWorker } from "../support/ServiceProcess.ts"
import * as TcpProxy from "../support/TcpProxy.ts"
import { TestService } from "../support/TestService.ts"

/** A worker whose line to the database a test can spoil; the API has another. */
const workerOnALine = Effect.fnUntraced(function* (settings: Readonly<Record<string, string>> = {}) {
  const { environment } = yield* TestService
  const url = environment["DATABASE_URL"] ?? ""
  const line = yield* TcpProxy.make(url)
  const worker = yield* startWorker({ ...environment, ...settings, DATABASE_URL: line.through(url) })
  return { worker, line }
})

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "a worker on a spoilt line to the database",
  (it) => {
    it.effect(
      "that goes silent ends in time when it is told to, and its job is finished by another",
      () =>
        Effect.gen(function* () {
          const { api, environment, files, sql } = yield* TestService
          const { line, worker } = yield* workerOnALine({ SHUTDOWN_GRACE: "100 millis" })
          yield* files.serve("/silent.csv", CsvServer.byHand)
          const jobId = yield* api.create(files.url("/silent.csv"))
          const begun = yield* files.request("/silent.csv")
          yield* begun.head(200)
          yield* begun.send(`n,m\n${"1,2\n".repeat(100_000)}`)
          yield* api.until(jobId, ({ progress }) => progress.rowsLoaded > 0)
          yield* line.pause
          const told = yield* Clock.currentTimeMillis
          yield* worker.signal("SIGTERM")
          yield* worker.exit
          // The grace and 15 seconds, and as much again as two busy cores may need to notice.
          assert.isBelow((yield* Clock.currentTimeMillis) - told, 18_000)

          yield* startWorker(environment)
          const again = yield* files.request("/silent.csv")
          yield* again.head(200)
          yield* again.send("n,m\n1,2\n3,4\n")
          yield* again.end
          const job = yield* api.reaches(jobId, "completed", "failed")
          assert.deepStrictEqual([job.state, job.attempt, job.progress.rowsLoaded], ["completed", 2, 2])
          const [found] = yield* sql`select count(*)::int as rows from ${sql(job.table)}`
          assert.deepStrictEqual(found, { rows: 2 })
        }),
      60_000,
    )

    for (const [step, text] of [
      ["brings its schema up to date", "sluice migrations"],
      ["starts its queue", "boss.version"],
    ] as const)
      it.effect(
        `that breaks while the worker ${step} goes on with its start when there is a line again`,
        () =>
          Effect.gen(function* () {
            const { api, environment, files } = yield* TestService
            const url = environment["DATABASE_URL"] ?? ""
            const line = yield* TcpProxy.make(url)
            const losing = yield* Effect.forkChild(line.loseAnswerTo(text))
            const worker = yield* startWorker({ ...environment, DATABASE_URL: line.through(url) })
            yield* Fiber.join(losing)
            assert.include(
              worker.log.map(({ message }) => message),
              "waiting for the database",
            )
            yield* files.serve("/late.csv", CsvServer.file("a\n1\n"))
            const jobId = yield* api.create(files.url("/late.csv"))
            assert.strictEqual((yield* api.reaches(jobId, "completed", "failed")).state, "completed")
          }),
      )

    it.effect("that loses the answer to a COMMIT tells the load as completed, and loads nothing twice", () =>
      Effect.gen(function* () {
        const { api, files, sql } = yield* TestService
        const { line, worker } = yield* workerOnALine()
        yield* files.serve("/answered.csv", CsvServer.byHand)
        const jobId = yield* api.create(files.url("/answered.csv"))
        const exchange = yield* files.request("/answered.csv")
        const losing = yield* Effect.forkChild(line.loseAnswerTo("commit\0"))
        yield* exchange.head(200)
        yield* exchange.send("n\n1\n2\n")
        yield* exchange.end
        yield* Fiber.join(losing)
        const ended = yield* worker.logged((line) => line["job_id"] === jobId)
        assert.deepInclude(ended, { outcome: "completed", rows: 2, attempt: 1 })
        const job = yield* api.status(jobId)
        assert.deepStrictEqual([job.state, job.attempt], ["completed", 1])
        assert.deepStrictEqual(yield* sql`select n from ${sql(job.table)} order by n`, [
          { n: "1" },
          { n: "2" },
        ])
        assert.lengthOf(files.received("/answered.csv"), 1)
      }),
    )
  },
)

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "an API on a spoilt line to the database",
  (it) => {
    for (const [when, statement] of [
      ["before a job is recorded", "insert into sluice.job "],
      ["before it is announced", "pg_notify"],
    ] as const)
      it.effect(`that is cut ${when} answers 503, and takes the next`, () =>
        Effect.gen(function* () {
          const { environment, files } = yield* TestService
          const url = environment["DATABASE_URL"] ?? ""
          const line = yield* TcpProxy.make(url)
          const { origin } = yield* startApi({ ...environment, DATABASE_URL: line.through(url) })
          const api = ServiceClient.make(origin)
          const losing = yield* Effect.forkChild(line.loseAnswerTo(statement), { startImmediately: true })
          const cut = yield* api.post(files.url("/cut.csv"))
          yield* Fiber.join(losing)
          assert.deepStrictEqual([cut.status, cut.contentType], [503, "application/problem+json"])
          assert.strictEqual((yield* api.post(files.url("/cut.csv"))).status, 202)
        }),
      )
  },
)
