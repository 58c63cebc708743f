import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { access, rm } from "node:fs/promises"
import { join } from "node:path"
import { endingWorker } from "../../deploy/kubernetes/processes.ts"
import { HealthSummary } from "../../src/Domain/service/HealthSummary.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { startWorker } from "../support/ServiceProcess.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"
import { TestService } from "../support/TestService.ts"

const decodeSummary = Schema.decodeUnknownSync(Schema.toCodecJson(HealthSummary))

const rowsOf = (n: number) => `n\n${Array.from({ length: 20 }, (_, row) => `${n}-${row}\n`).join("")}`

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "several workers",
  (it) => {
    it.effect(
      "two workers that compete for 200 jobs load each exactly once",
      () =>
        Effect.gen(function* () {
          const { api, files, environment, sql } = yield* TestService
          const workers = yield* Effect.all([startWorker(environment), startWorker(environment)])
          const numbers = Array.from({ length: 200 }, (_, n) => n)
          yield* Effect.forEach(numbers, (n) => files.serve(`/race${n}.csv`, CsvServer.file(rowsOf(n))))
          const ids = yield* Effect.forEach(numbers, (n) => api.create(files.url(`/race${n}.csv`)), {
            concurrency: 8,
          })
          const jobs = yield* Effect.forEach(ids, (id) => api.reaches(id, "completed", "failed"), {
            concurrency: 8,
          })
          assert.deepStrictEqual(new Set(jobs.map(({ state }) => state)), new Set(["completed"]))
          assert.strictEqual(new Set(jobs.map(({ table }) => table)).size, 200)
          for (const [n, job] of jobs.entries()) {
            const [found] = yield* sql<{ rows: number; distinct: number; first: string }>`
          select count(*)::int as rows, count(distinct n)::int as distinct, min(n) as first from ${sql(job.table)}`
            assert.deepStrictEqual(found, { rows: 20, distinct: 20, first: `${n}-0` })
          }
          for (const n of numbers) assert.lengthOf(files.received(`/race${n}.csv`), 1)
          const shares = workers.map(
            ({ log }) => log.filter((line) => line["outcome"] === "completed").length,
          )
          assert.isAbove(Math.min(...shares), 0)
        }),
      60_000,
    )

    it.effect(
      "a pod of the ScaledJob loads what waits and ends with 0, and the next one loads what came then",
      () =>
        Effect.gen(function* () {
          const { api, files, environment } = yield* TestService
          const folder = yield* temporaryFolder
          const variables = Object.fromEntries(
            endingWorker(2)
              .spec!.containers[0]!.env!.filter(({ name }) => !name.endsWith("_FILE"))
              .map(({ name, value = "" }) => [name, value]),
          )
          const runPod = Effect.gen(function* () {
            const pod = yield* startWorker({
              ...environment,
              ...variables,
              LIVENESS_FILE: join(folder, "alive"),
              METRICS_PORT: "0",
              STOP_WHEN_IDLE: "500 millis",
            })
            assert.strictEqual(yield* pod.exit, 0)
            return pod.log.filter((line) => line["outcome"] === "completed").length
          })
          const post = Effect.fnUntraced(function* (n: number) {
            yield* files.serve(`/pod${n}.csv`, CsvServer.file(rowsOf(n)))
            return yield* api.create(files.url(`/pod${n}.csv`))
          })
          yield* Effect.forEach([0, 1, 2], post)
          assert.strictEqual(yield* runPod, 3)
          const next = yield* post(3)
          assert.strictEqual((yield* api.status(next)).state, "created")
          assert.strictEqual(yield* runPod, 1)
        }),
    )

    it.effect(
      "a worker stopped during a load releases the job, and another worker completes the same attempt",
      () =>
        Effect.gen(function* () {
          const { api, files, environment, sql } = yield* TestService
          const first = yield* startWorker({ ...environment, SHUTDOWN_GRACE: "100 millis" })
          yield* files.serve("/stopped.csv", CsvServer.byHand)
          const jobId = yield* api.create(files.url("/stopped.csv"))
          const interrupted = yield* files.request("/stopped.csv")
          yield* interrupted.head(200)
          yield* interrupted.send("n\n1\n2\n")
          yield* api.reaches(jobId, "active")
          yield* first.signal("SIGTERM")
          yield* interrupted.closed
          assert.strictEqual(yield* first.exit, 0)

          yield* startWorker(environment)
          const again = yield* files.request("/stopped.csv")
          yield* again.head(200)
          yield* again.send("n\n1\n2\n3\n")
          yield* again.end
          const job = yield* api.reaches(jobId, "completed", "failed")
          assert.deepStrictEqual([job.state, job.attempt], ["completed", 1])
          assert.deepStrictEqual(yield* sql`select n from ${sql(job.table)} order by n`, [
            { n: "1" },
            { n: "2" },
            { n: "3" },
          ])
        }),
    )

    it.effect(
      "a stopping worker finishes its load, is shown and healthy meanwhile, and claims no other job",
      () =>
        Effect.gen(function* () {
          const { api, files, environment } = yield* TestService
          const livenessFile = join(yield* temporaryFolder, "alive")
          const worker = yield* startWorker({
            ...environment,
            SHUTDOWN_GRACE: "unlimited",
            LIVENESS_FILE: livenessFile,
          })
          yield* files.serve("/grace.csv", CsvServer.byHand)
          yield* files.serve("/late.csv", CsvServer.file("n\n1\n"))
          const jobId = yield* api.create(files.url("/grace.csv"))
          const exchange = yield* files.request("/grace.csv")
          yield* worker.signal("SIGTERM")
          const stopping = yield* worker.logged((line) =>
            String(line.message).startsWith("stopping: running loads"),
          )
          assert.deepInclude({ ...stopping }, { running: 1, grace: "unlimited" })
          const late = yield* api.create(files.url("/late.csv"))
          yield* Effect.promise(() => rm(livenessFile))
          yield* api.get("/health/summary").pipe(
            Effect.filterOrFail(({ body }) => {
              const { replicas } = decodeSummary(body)
              return replicas.length === 1 && replicas.every(({ draining, used }) => draining && used === 1)
            }),
            Effect.eventually,
          )
          yield* Effect.eventually(Effect.tryPromise(() => access(livenessFile)))
          yield* exchange.head(200)
          yield* exchange.send("n\n1\n")
          yield* exchange.end
          assert.strictEqual(yield* worker.exit, 0)
          assert.strictEqual((yield* api.status(jobId)).state, "completed")
          assert.strictEqual((yield* api.status(late)).state, "created")
          yield* api.cancel(late)
        }),
    )

    it.effect(
      "a second signal ends a shutdown without a limit at once, and returns its job to the queue",
      () =>
        Effect.gen(function* () {
          const { api, files, environment } = yield* TestService
          const worker = yield* startWorker({ ...environment, SHUTDOWN_GRACE: "unlimited" })
          yield* files.serve("/second.csv", CsvServer.byHand)
          const jobId = yield* api.create(files.url("/second.csv"))
          const exchange = yield* files.request("/second.csv")
          yield* worker.signal("SIGTERM")
          yield* worker.logged((line) => String(line.message).startsWith("stopping: running loads"))
          // Signals in the first moment count as one.
          yield* worker.signal("SIGTERM").pipe(
            Effect.andThen(Effect.sleep("100 millis")),
            Effect.repeat({
              until: () => worker.log.some(({ message }) => message === "stopping at once"),
            }),
          )
          yield* exchange.closed
          yield* worker.exit
          // By the worker, or by the reaper if a second was too short for it.
          yield* api.reaches(jobId, "retry")
          yield* api.cancel(jobId)
        }),
    )

    it.effect(
      "a killed worker's job is loaded once by another worker",
      () =>
        Effect.gen(function* () {
          const { api, files, environment, sql } = yield* TestService
          const first = yield* startWorker(environment)
          yield* files.serve("/killed.csv", CsvServer.byHand)
          const jobId = yield* api.create(files.url("/killed.csv"))
          const interrupted = yield* files.request("/killed.csv")
          yield* interrupted.head(200)
          yield* interrupted.send("n\n1\n2\n")
          yield* api.reaches(jobId, "active")
          yield* first.signal("SIGKILL")
          yield* first.exit

          yield* startWorker(environment)
          const again = yield* files.request("/killed.csv")
          yield* again.head(200)
          yield* again.send("n\n1\n2\n")
          yield* again.end
          const job = yield* api.reaches(jobId, "completed", "failed")
          assert.deepStrictEqual([job.state, job.attempt], ["completed", 2])
          assert.deepStrictEqual(yield* sql`select count(*)::int as rows from ${sql(job.table)}`, [
            { rows: 2 },
          ])
        }),
      60_000,
    )
  },
)
