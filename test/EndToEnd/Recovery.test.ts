import { assert, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { JobId } from "../../src/Domain/job/Job.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { type ServiceProcess, startWorker } from "../support/ServiceProcess.ts"
import { TestService } from "../support/TestService.ts"

const rows = 20_000
/** More than is read before the rows begin to flow to the database. */
const body = `n\n${Array.from({ length: rows }, (_, n) => `${n}\n`).join("")}`

/** Creates a job whose file is served by hand, and waits until it is in the middle of its `COPY`. */
const loading = Effect.fnUntraced(function* (path: string) {
  const { api, files, loadingBackends } = yield* TestService
  const before = yield* loadingBackends
  yield* files.serve(path, CsvServer.byHand)
  const jobId = yield* api.create(files.url(path))
  const exchange = yield* files.request(path)
  yield* exchange.head(200)
  yield* exchange.send(body)
  yield* loadingBackends.pipe(
    Effect.filterOrFail((now) => now > before),
    Effect.eventually,
    Effect.timeout("10 seconds"),
  )
  return { jobId, path, exchange }
})

/** Answers the next request of a load that was begun before. */
const finish = Effect.fnUntraced(function* ({ path }: { readonly path: string }) {
  const { files } = yield* TestService
  const exchange = yield* files.request(path)
  yield* exchange.head(200)
  yield* exchange.send(body)
  yield* exchange.end
})

/** The job completed in this attempt, with each of its rows once, and the queue's books are closed. */
const completed = Effect.fnUntraced(function* (jobId: JobId, attempt: number) {
  const { api, sql } = yield* TestService
  const job = yield* api.reaches(jobId, "completed", "failed")
  assert.deepStrictEqual([job.state, job.attempt], ["completed", attempt])
  assert.deepStrictEqual(
    yield* sql`select count(*)::int as loaded, count(distinct n)::int as different from ${sql(job.table)}`,
    [{ loaded: rows, different: rows }],
  )
  assert.deepStrictEqual(yield* sql`select * from sluice.claim where job_id = ${jobId}`, [])
})

const kill = (worker: ServiceProcess) => Effect.andThen(worker.signal("SIGKILL"), worker.exit)

const outcomes = (worker: ServiceProcess, jobId: JobId) =>
  worker.log.filter((line) => line["job_id"] === jobId).map((line) => line["outcome"])

const endSessions = (which: string) =>
  TestService.use(({ sql }) =>
    sql.unsafe(`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and ${which}`),
  )

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })("recovery", (it) => {
  it.effect("a killed worker's job is begun elsewhere in a moment", () =>
    Effect.gen(function* () {
      const { environment } = yield* TestService
      const first = yield* startWorker(environment)
      const load = yield* loading("/killed.csv")
      yield* startWorker(environment)
      yield* kill(first)
      const killedAt = yield* Clock.currentTimeMillis
      yield* finish(load)
      // Far below the ten seconds of silence, after which the queue would give the job to another.
      assert.isBelow((yield* Clock.currentTimeMillis) - killedAt, 5000)
      yield* completed(load.jobId, 2)
    }),
  )

  it.effect("two workers that die at once lose no job, and a third keeps its own", () =>
    Effect.gen(function* () {
      const { environment } = yield* TestService
      const one = { ...environment, WORKER_CONCURRENCY: "1" }
      const first = yield* startWorker(one)
      const ofFirst = yield* loading("/first.csv")
      const second = yield* startWorker(one)
      const ofSecond = yield* loading("/second.csv")
      const third = yield* startWorker(environment)
      const ofThird = yield* loading("/third.csv")
      yield* Effect.all([kill(first), kill(second)], { concurrency: "unbounded" })
      yield* Effect.all([finish(ofFirst), finish(ofSecond)], { concurrency: "unbounded" })
      yield* completed(ofFirst.jobId, 2)
      yield* completed(ofSecond.jobId, 2)
      yield* ofThird.exchange.end
      yield* completed(ofThird.jobId, 1)
      assert.deepStrictEqual(outcomes(third, ofThird.jobId), ["completed"])
    }),
  )

  it.effect("an API gives a killed worker's job back while no worker is up", () =>
    Effect.gen(function* () {
      const { api, environment } = yield* TestService
      const worker = yield* startWorker(environment)
      const load = yield* loading("/alone.csv")
      yield* kill(worker)
      const job = yield* api.until(load.jobId, ({ state }) => state === "retry", 5)
      assert.isNull(job.error)
      yield* api.cancel(load.jobId)
    }),
  )

  it.effect("a worker that only loses the connection of its lock loses no load", () =>
    Effect.gen(function* () {
      const { api, environment } = yield* TestService
      const worker = yield* startWorker({ ...environment, WORKER_CONCURRENCY: "1" })
      const load = yield* loading("/blip.csv")
      yield* endSessions("application_name = 'sluice replica'")
      yield* worker.logged((line) => line.message === "holds the replica's lock again")
      // A death is noticed afterwards, so there was time to notice this one, had it been one.
      const other = yield* startWorker(environment)
      const lost = yield* loading("/lost.csv")
      yield* kill(other)
      yield* api.until(lost.jobId, ({ state }) => state === "retry", 5)
      yield* api.cancel(lost.jobId)
      yield* load.exchange.end
      yield* completed(load.jobId, 1)
    }),
  )

  it.effect("when the database ends all sessions at once, every job is loaded in the end, once", () =>
    Effect.gen(function* () {
      const { environment } = yield* TestService
      yield* startWorker(environment)
      const load = yield* loading("/outage.csv")
      yield* startWorker(environment)
      yield* endSessions("application_name like 'sluice%'")
      yield* finish(load)
      yield* completed(load.jobId, 2)
    }),
  )

  it.effect(
    "a paused worker keeps its lock and loses its jobs to its silence; awake again, it does no harm",
    () =>
      Effect.gen(function* () {
        const { environment } = yield* TestService
        const paused = yield* startWorker(environment)
        const load = yield* loading("/paused.csv")
        yield* startWorker(environment)
        yield* paused.signal("SIGSTOP")
        yield* finish(load)
        yield* completed(load.jobId, 2)
        yield* paused.signal("SIGCONT")
        yield* paused.logged((line) => line["job_id"] === load.jobId)
        assert.deepStrictEqual(outcomes(paused, load.jobId), ["claim_lost"])
        yield* completed(load.jobId, 2)
      }),
    60_000,
  )

  it.effect(
    "a file that kills each of its workers fails after five, and takes no other job with it",
    () =>
      Effect.gen(function* () {
        const { api, environment, files } = yield* TestService
        const paths = ["/innocent1.csv", "/innocent2.csv", "/innocent3.csv"]
        yield* Effect.forEach(["/poison.csv", ...paths], (path) => files.serve(path, CsvServer.byHand))
        const poison = yield* api.create(files.url("/poison.csv"))
        const innocents = yield* Effect.forEach(paths, (path) => api.create(files.url(path)))
        for (const crash of [1, 2, 3, 4, 5]) {
          if (crash === 3) yield* Effect.forEach(paths, (path) => files.serve(path, CsvServer.file(body)))
          const worker = yield* startWorker({ ...environment, WORKER_CONCURRENCY: "4" })
          yield* files.request("/poison.csv")
          if (crash <= 2) yield* Effect.forEach(paths, files.request)
          yield* kill(worker)
        }
        yield* startWorker(environment)
        const job = yield* api.reaches(poison, "completed", "failed")
        assert.deepStrictEqual([job.state, job.error?.code], ["failed", "worker_lost"])
        assert.include(
          job.error?.message,
          "5 workers crashed, or lost their database, while they had this file",
        )
        yield* Effect.forEach(innocents, (jobId) => completed(jobId, 3))
        for (const path of paths) assert.lengthOf(files.received(path), 3)
        assert.lengthOf(files.received("/poison.csv"), 5)
      }),
    60_000,
  )
})
