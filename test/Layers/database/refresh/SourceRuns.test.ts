import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Layer from "effect/Layer"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import { Sources } from "../../../../src/Domain/refresh/Sources.ts"
import { trouble } from "../../../support/jobFixtures.ts"
import {
  changeSource,
  createSource,
  endUnchanged,
  failRun,
  holding,
  makeDue,
  runDue,
  sourceOf,
} from "../../../support/sourceFixtures.ts"
import * as TestBackend from "../../../support/TestBackend.ts"
import { TestLog } from "../../../support/TestLog.ts"

const layerSources = TestBackend.layer().pipe(Layer.provideMerge(TestLog.layer))

layer(layerSources, { excludeTestServices: true, timeout: Duration.seconds(60) })("runs of sources", (it) => {
  it.effect("run once when they are due, however many replicas look, and not while a run has not ended", () =>
    holding("dave")(
      Effect.gen(function* () {
        const sources = yield* Sources
        const { runs, sourceId } = yield* createSource()
        yield* makeDue(sourceId)
        yield* Effect.all(
          Array.from({ length: 5 }, () => runDue),
          { concurrency: 5 },
        )
        const skipped = yield* sourceOf(sourceId)
        assert.deepInclude(skipped, { skippedRuns: 1 })
        assert.lengthOf(skipped.runs, 1)
        assert.strictEqual(yield* sources.refresh(sourceId), runs[0]!.jobId)
        yield* failRun(runs[0]!.jobId)
        yield* makeDue(sourceId)
        yield* Effect.all(
          Array.from({ length: 5 }, () => runDue),
          { concurrency: 5 },
        )
        const run = yield* sourceOf(sourceId)
        assert.deepInclude(run, { skippedRuns: 1, failures: 1 })
        assert.deepStrictEqual(
          run.runs.map(({ error, state }) => [state, error]),
          [
            ["created", null],
            ["failed", trouble.message],
          ],
        )
        assert.isTrue(Duration.isGreaterThan(yield* runDue, Duration.seconds(30)))
      }),
    ),
  )

  it.effect("are left to workers that know sources", () =>
    holding("carol")(
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const { runs } = yield* createSource()
        const [row] =
          yield* sql`select data ->> 'version' as version from boss.job where id = ${runs[0]!.jobId}`
        assert.deepStrictEqual(row, { version: "3" })
      }),
    ),
  )

  it.effect("are paused, run only when refreshed then, and resume at once", () =>
    holding("erin")(
      Effect.gen(function* () {
        const sources = yield* Sources
        const { runs, sourceId } = yield* createSource()
        yield* failRun(runs[0]!.jobId)
        assert.deepInclude(yield* sources.pause(sourceId), {
          state: "paused",
          nextRunAt: null,
          failures: 1,
        })
        yield* runDue
        const refreshed = yield* sources.refresh(sourceId)
        yield* failRun(refreshed)
        assert.deepInclude(yield* sourceOf(sourceId), { state: "paused", nextRunAt: null, failures: 2 })
        assert.deepInclude(yield* sources.resume(sourceId), { state: "active", failures: 0 })
        yield* sources.awaitChange
        yield* runDue
        assert.lengthOf((yield* sourceOf(sourceId)).runs, 3)
      }),
    ),
  )

  it.effect("without a schedule run only when they are refreshed", () =>
    holding("frank")(
      Effect.gen(function* () {
        const sources = yield* Sources
        const { runs, sourceId } = yield* createSource({ schedule: { every: null } })
        yield* failRun(runs[0]!.jobId)
        assert.deepInclude(yield* sources.resume(sourceId), { state: "active", nextRunAt: null })
        yield* sources.pause(sourceId)
        assert.deepInclude(yield* sources.resume(sourceId), { state: "active", nextRunAt: null })
        yield* sources.refresh(sourceId)
        assert.lengthOf((yield* sourceOf(sourceId)).runs, 2)
      }),
    ),
  )

  it.effect("stop after ten failed runs in a row, report it once, and start again when refreshed", () =>
    holding("grace")(
      Effect.gen(function* () {
        const sources = yield* Sources
        const { lines } = yield* TestLog
        const { sourceId } = yield* createSource()
        for (let n = 1; n <= 10; n++) {
          assert.strictEqual((yield* sourceOf(sourceId)).state, "active")
          // A cancelled run is neither a failure nor a success.
          yield* (yield* Jobs).cancel(yield* sources.refresh(sourceId))
          yield* failRun(yield* sources.refresh(sourceId))
        }
        const stopped = yield* sourceOf(sourceId)
        assert.deepInclude(stopped, { state: "stopped", failures: 10, nextRunAt: null })
        assert.include(stopped.stopReason, trouble.message)
        yield* Effect.all([runDue, runDue, runDue], { concurrency: 3 })
        const reports = lines.filter(({ annotations }) => annotations["source_id"] === sourceId)
        assert.deepStrictEqual(
          reports.map(({ level, message }) => [level, message]),
          [["ERROR", "source stopped"]],
        )
        yield* sources.refresh(sourceId)
        const again = yield* sourceOf(sourceId)
        assert.deepInclude(again, { state: "active", failures: 0, stopReason: null })
        assert.isNotNull(again.nextRunAt)
      }),
    ),
  )

  it.effect("pause for longer while they are unchanged, and not after a change", () =>
    holding("heidi")(
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const sources = yield* Sources
        const { runs, sourceId } = yield* createSource()
        yield* endUnchanged(runs[0]!.jobId, "aa")
        for (let n = 0; n < 12; n++) yield* endUnchanged(yield* sources.refresh(sourceId), "aa")
        assert.deepInclude(yield* sourceOf(sourceId), { unchangedRuns: 13, failures: 0 })
        yield* makeDue(sourceId)
        yield* runDue
        const paused = yield* sourceOf(sourceId)
        const hours = (paused.nextRunAt!.epochMilliseconds - Date.now()) / 3_600_000
        assert.isAbove(hours, 7.9)
        const [row] = yield* sql`select content_hash, etag from sluice.source where id = ${sourceId}`
        assert.deepStrictEqual(row, { content_hash: "aa", etag: '"1"' })
      }),
    ),
  )

  it.effect("have the options and times that the source has when they begin", () =>
    holding("ivan")(
      Effect.gen(function* () {
        const sources = yield* Sources
        const { runs, sourceId } = yield* createSource()
        const change = { options: { types: "infer" }, schedule: { every: "1d" } } as const
        const daily = yield* changeSource(sourceId, change)
        assert.deepInclude(daily, { every: "1d", options: { mode: "replace", types: "infer" } })
        assert.isAbove(daily.nextRunAt!.epochMilliseconds, Date.now() + 23 * 3_600_000)

        // What the run before the change has loaded is not what the table should have.
        yield* endUnchanged(runs[0]!.jobId, "aa")
        const sql = yield* PgClient.PgClient
        const hash = Effect.map(
          sql`select content_hash as hash from sluice.source where id = ${sourceId}`,
          ([row]) => row?.["hash"],
        )
        assert.isNull(yield* hash)
        const attempt = yield* endUnchanged(yield* sources.refresh(sourceId), "bb")
        assert.strictEqual(attempt?.options.types, "infer")
        assert.strictEqual(yield* hash, "bb")

        // What does not change how the file is read, and an append, leave the known version.
        yield* changeSource(sourceId, { options: { timeout: 9 }, schedule: { every: null } })
        assert.strictEqual(yield* hash, "bb")
        assert.isNull((yield* sourceOf(sourceId)).nextRunAt)
        yield* changeSource(sourceId, { options: { mode: "append" } })
        assert.strictEqual(yield* hash, "bb")
        yield* changeSource(sourceId, { options: { mode: "replace" } })
        assert.isNull(yield* hash)

        yield* sources.pause(sourceId)
        const paused = yield* changeSource(sourceId, { schedule: { every: "2h" } })
        assert.deepInclude(paused, { state: "paused", every: "2h", nextRunAt: null })
      }),
    ),
  )

  it.effect("are created by another replica if one is lost before its commit", () =>
    holding("judy")(
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const { runs, sourceId } = yield* createSource()
        yield* failRun(runs[0]!.jobId)
        yield* makeDue(sourceId)
        const isLocked = yield* Deferred.make<void>()
        const mayEnd = yield* Deferred.make<void>()
        const lock = sql.withTransaction(
          Effect.andThen(
            sql`lock table sluice.job in share mode`,
            Deferred.succeed(isLocked, undefined),
          ).pipe(Effect.andThen(Deferred.await(mayEnd))),
        )
        const holder = yield* Effect.forkChild(lock)
        yield* Deferred.await(isLocked)
        const lost = yield* Effect.forkChild(Effect.exit(runDue))
        // It has the source, and waits for the table of jobs.
        yield* sql<{ pid: number }>`
          select pg_terminate_backend(pid) as ended from pg_stat_activity
          where wait_event_type = 'Lock' and query like '%insert into sluice.job%' and datname = current_database()`.pipe(
          Effect.filterOrFail(
            (found) => found.length === 1,
            () => "not yet" as const,
          ),
          Effect.retry({ while: (error) => error === "not yet", schedule: Schedule.spaced("20 millis") }),
        )
        assert.isTrue(Exit.isFailure(yield* Fiber.join(lost)))
        yield* Deferred.succeed(mayEnd, undefined)
        yield* Fiber.join(holder)
        assert.lengthOf((yield* sourceOf(sourceId)).runs, 1)
        yield* runDue
        assert.lengthOf((yield* sourceOf(sourceId)).runs, 2)
      }),
    ),
  )

  it.effect("hold up no other source if they cannot be created", () =>
    holding("ivan")(
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const failed = Effect.gen(function* () {
          const { runs, sourceId } = yield* createSource()
          yield* failRun(runs[0]!.jobId)
          yield* makeDue(sourceId)
          return sourceId
        })
        const odd = yield* failed
        const usual = yield* failed
        yield* sql`
          update sluice.source set options = '{"mode": "magic"}', next_run_at = now() - interval '1 hour' where id = ${odd}`
        yield* runDue
        assert.lengthOf((yield* sourceOf(usual)).runs, 2)
      }),
    ),
  )

  it.effect("fail with the reason if the queue cannot take them, and remain due", () =>
    holding("judy")(
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const { runs, sourceId } = yield* createSource()
        yield* failRun(runs[0]!.jobId)
        yield* makeDue(sourceId)
        const { nextRunAt } = yield* sourceOf(sourceId)
        yield* sql`alter table sluice.job add constraint no_runs check (source_id is null) not valid`
        const failure = yield* Effect.ensuring(
          Effect.flip(runDue),
          Effect.orDie(sql`alter table sluice.job drop constraint no_runs`),
        )
        assert.include(failure.message, "no_runs")
        assert.deepStrictEqual((yield* sourceOf(sourceId)).nextRunAt, nextRunAt)
      }),
    ),
  )
})
