import { assert, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as CsvServer from "../support/CsvServer.ts"
import { startWorker, withRoles } from "../support/ServiceProcess.ts"
import * as TcpProxy from "../support/TcpProxy.ts"
import { TestService } from "../support/TestService.ts"

/** A worker with a proxy in front of its database. The API connects directly. */
const workerBehindProxy = Effect.fnUntraced(function* (settings: Readonly<Record<string, string>> = {}) {
  const { environment } = yield* TestService
  const url = environment["DATABASE_URL"] ?? ""
  const proxy = yield* TcpProxy.make(url)
  const worker = yield* startWorker({ ...environment, ...settings, DATABASE_URL: proxy.through(url) })
  return { worker, proxy }
})

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "a worker that loses its database connections",
  (it) => {
    it.effect(
      "a worker with dead database connections stops in time, and another worker loads its job",
      () =>
        Effect.gen(function* () {
          const { api, environment, files, sql } = yield* TestService
          const { proxy, worker } = yield* workerBehindProxy({ SHUTDOWN_GRACE: "100 millis" })
          yield* files.serve("/silent.csv", CsvServer.byHand)
          const jobId = yield* api.create(files.url("/silent.csv"))
          const interrupted = yield* files.request("/silent.csv")
          yield* interrupted.head(200)
          yield* interrupted.send(`n,m\n${"1,2\n".repeat(100_000)}`)
          yield* api.until(jobId, ({ progress }) => progress.rowsLoaded > 0)
          yield* proxy.pause
          const stoppedAt = yield* Clock.currentTimeMillis
          yield* worker.signal("SIGTERM")
          yield* worker.exit
          // Promised: a worker stops within its grace period and 15 seconds. The rest allows for a loaded machine.
          assert.isBelow((yield* Clock.currentTimeMillis) - stoppedAt, 18_000)

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
      ["migrates its schema", "sluice migrations"],
      ["starts its queue", "boss.version"],
    ] as const)
      it.effect(
        `a worker that loses its connection while it ${step} continues its start after the outage`,
        () =>
          Effect.gen(function* () {
            const { api, environment, files } = yield* TestService
            const url = environment["DATABASE_URL"] ?? ""
            const proxy = yield* TcpProxy.make(url)
            const losing = yield* Effect.forkChild(proxy.loseResponseTo(text))
            // With one role that may do everything, the worker migrates.
            const worker = yield* startWorker({
              ...environment,
              [withRoles]: "",
              DATABASE_URL: proxy.through(url),
            })
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

    it.effect("a load whose COMMIT response is lost is reported as completed and not loaded again", () =>
      Effect.gen(function* () {
        const { api, files, sql } = yield* TestService
        const { proxy, worker } = yield* workerBehindProxy()
        yield* files.serve("/committed.csv", CsvServer.byHand)
        const jobId = yield* api.create(files.url("/committed.csv"))
        const exchange = yield* files.request("/committed.csv")
        const losing = yield* Effect.forkChild(proxy.loseResponseTo("commit\0"))
        yield* exchange.head(200)
        yield* exchange.send("n\n1\n2\n")
        yield* exchange.end
        yield* Fiber.join(losing)
        const ended = yield* worker.logged(
          (line) => line.message === "attempt ended" && line["job_id"] === jobId,
        )
        assert.deepInclude(ended, { outcome: "completed", rows: 2, attempt: 1 })
        const job = yield* api.status(jobId)
        assert.deepStrictEqual([job.state, job.attempt], ["completed", 1])
        assert.deepStrictEqual(yield* sql`select n from ${sql(job.table)} order by n`, [
          { n: "1" },
          { n: "2" },
        ])
        assert.lengthOf(files.received("/committed.csv"), 1)
      }),
    )
  },
)
