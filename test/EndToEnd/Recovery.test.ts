import { assert, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { JobId } from "../../src/Domain/job/Job.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { type ServiceProcess, startWorker } from "../support/ServiceProcess.ts"
import { TestService } from "../support/TestService.ts"

/** Promised: the reaper requeues a job of a dead worker long before the ten seconds without a heartbeat, when pg-boss would. */
const reaperSeconds = 5

const rows = 20_000
/** More than the sample that is read before COPY starts. */
const body = `n\n${Array.from({ length: rows }, (_, n) => `${n}\n`).join("")}`

/** Creates a job, sends its file without an end, and waits until the load is in its COPY. */
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

/** Sends the whole file in response to the next request of the load. */
const finish = Effect.fnUntraced(function* ({ path }: { readonly path: string }) {
  const { files } = yield* TestService
  const exchange = yield* files.request(path)
  yield* exchange.head(200)
  yield* exchange.send(body)
  yield* exchange.end
})

/** Asserts that the job completed in this attempt, with each row once, and has no claim record left. */
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
  it.effect("a killed worker's job starts on another worker within five seconds", () =>
    Effect.gen(function* () {
      const { environment } = yield* TestService
      const first = yield* startWorker(environment)
      const load = yield* loading("/killed.csv")
      yield* startWorker(environment)
      yield* kill(first)
      const killedAt = yield* Clock.currentTimeMillis
      yield* finish(load)
      assert.isBelow((yield* Clock.currentTimeMillis) - killedAt, reaperSeconds * 1000)
      yield* completed(load.jobId, 2)
    }),
  )

  it.effect("two workers that die together lose no job, and a third worker keeps its own job", () =>
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

  it.effect("an API requeues a killed worker's job while no worker runs", () =>
    Effect.gen(function* () {
      const { api, environment } = yield* TestService
      const worker = yield* startWorker(environment)
      const load = yield* loading("/alone.csv")
      yield* kill(worker)
      const job = yield* api.until(load.jobId, ({ state }) => state === "retry", reaperSeconds)
      assert.isNull(job.error)
      yield* api.cancel(load.jobId)
    }),
  )

  it.effect("a worker that loses the connection of its replica lock keeps its loads", () =>
    Effect.gen(function* () {
      const { api, environment } = yield* TestService
      const worker = yield* startWorker({ ...environment, WORKER_CONCURRENCY: "1" })
      const load = yield* loading("/blip.csv")
      yield* endSessions("application_name = 'sluice replica'")
      yield* worker.logged((line) => line.message === "holds the replica's lock again")
      // Wait until a later death is noticed: if the first worker counted as dead, that would have been noticed before.
      const other = yield* startWorker(environment)
      const lost = yield* loading("/lost.csv")
      yield* kill(other)
      yield* api.until(lost.jobId, ({ state }) => state === "retry", reaperSeconds)
      yield* api.cancel(lost.jobId)
      yield* load.exchange.end
      yield* completed(load.jobId, 1)
    }),
  )

  it.effect("a job is loaded exactly once when the database ends all sessions", () =>
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

  it.effect("a worker that stands still for five seconds keeps its job", () =>
    Effect.gen(function* () {
      const { environment } = yield* TestService
      const still = yield* startWorker(environment)
      const load = yield* loading("/still.csv")
      yield* still.signal("SIGSTOP")
      // The time is what is tested: half of that after which the queue considers a worker dead.
      yield* Effect.sleep("5 seconds")
      yield* still.signal("SIGCONT")
      yield* load.exchange.end
      yield* completed(load.jobId, 1)
    }),
  )

  it.effect(
    "a paused worker loses its jobs for lack of heartbeats and changes nothing when it resumes",
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
    "a file that kills its workers fails after five crashes, without failing other jobs",
    () =>
      Effect.gen(function* () {
        const { api, environment, files } = yield* TestService
        const paths = ["/other1.csv", "/other2.csv", "/other3.csv"]
        yield* Effect.forEach(["/crashing.csv", ...paths], (path) => files.serve(path, CsvServer.byHand))
        const crashing = yield* api.create(files.url("/crashing.csv"))
        const others = yield* Effect.forEach(paths, (path) => api.create(files.url(path)))
        for (const crash of [1, 2, 3, 4, 5]) {
          if (crash === 3) yield* Effect.forEach(paths, (path) => files.serve(path, CsvServer.file(body)))
          const worker = yield* startWorker({ ...environment, WORKER_CONCURRENCY: "4" })
          yield* files.request("/crashing.csv")
          if (crash <= 2) yield* Effect.forEach(paths, files.request)
          // They are loaded beside the file that crashes.
          if (crash === 3) yield* Effect.forEach(others, (jobId) => completed(jobId, 3))
          yield* kill(worker)
        }
        yield* startWorker(environment)
        const job = yield* api.reaches(crashing, "completed", "failed")
        assert.deepStrictEqual([job.state, job.error?.code], ["failed", "worker_lost"])
        assert.include(
          job.error?.message,
          "5 workers crashed, or lost their database, while they had this file",
        )
        for (const path of paths) assert.lengthOf(files.received(path), 3)
        assert.lengthOf(files.received("/crashing.csv"), 5)
      }),
    60_000,
  )
})
