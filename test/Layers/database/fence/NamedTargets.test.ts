import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { JobFence } from "../../../../src/Domain/job/fence/JobFence.ts"
import { JobQueue } from "../../../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import type { SourceId } from "../../../../src/Domain/job/SourceId.ts"
import { TableName } from "../../../../src/Domain/load/columns/TableName.ts"
import { Tables } from "../../../../src/Domain/job/Tables.ts"
import { Rows } from "../../../../src/Domain/rows/Rows.ts"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import { HealthReport } from "../../../../src/Domain/service/HealthSummary.ts"
import { prometheusText } from "../../../../src/Domain/telemetry/prometheusText.ts"
import { TargetDatabases } from "../../../../src/Layers/database/jobs/TargetDatabases.ts"
import { claimed, create } from "../../../support/jobFixtures.ts"
import { asSomeCaller } from "../../../support/someCaller.ts"
import { createSource, makeDue, runDue, sourceOf } from "../../../support/sourceFixtures.ts"
import { commitAlone, startedWith } from "../../../support/fencedLoads.ts"
import { jobOf, load, oneRow, runningWith } from "../../../support/SinkLoads.ts"
import * as TcpProxy from "../../../support/TcpProxy.ts"
import * as TestBackend from "../../../support/TestBackend.ts"
import { TestDatabase } from "../../../support/TestDatabase.ts"

class Lake extends Context.Service<
  Lake,
  { readonly sql: PgClient.PgClient; readonly url: string; readonly proxy: TcpProxy.TcpProxy }
>()("sluice/test/Lake") {}

/** Nothing listens there. */
const silent = "postgres://nobody@127.0.0.1:1/silent"

/** Tables are with the queue, unless a job names the second database, or a third one that does not respond. */
const Several = Layer.unwrap(
  Effect.gen(function* () {
    const { url } = yield* TestDatabase.make
    const lake = Redacted.value(url)
    const proxy = yield* TcpProxy.make(lake)
    return TestBackend.layer({
      TARGET_DATABASES: `lake=${proxy.through(lake)},silent=${silent}`,
    }).pipe(
      Layer.merge(
        Layer.effect(
          Lake,
          Effect.map(Effect.service(PgClient.PgClient), (sql) => Lake.of({ sql, url: lake, proxy })),
        ).pipe(Layer.provide(PgClient.layer({ url }))),
      ),
    )
  }),
)

const tableName = TableName.make("trips")

const fileUrl = SourceUrl.make("http://files.example/a.csv")

/** Ids in the table of this name; null if there is none. */
const idsIn = (sql: PgClient.PgClient) =>
  sql<{ id: string }>`select id from public.trips`.pipe(
    Effect.map((rows) => rows.map(({ id }) => id)),
    Effect.orElseSucceed(() => null),
  )

/** As when another process connects to the database. */
const declare = (name: string) =>
  Effect.flatMap(
    Effect.service(PgClient.PgClient),
    (queue) => queue`update sluice.installation set targets = array_append(targets, ${name}::text)`,
  )

/** As an operator does who has no use for the database. */
const giveUp = (name: string) =>
  Effect.flatMap(
    Effect.service(PgClient.PgClient),
    (queue) => queue`update sluice.installation set targets = array_remove(targets, ${name}::text)`,
  )

const problemOf = (settings: Readonly<Record<string, string>>) =>
  Effect.map(Effect.flip(Effect.scoped(Layer.build(Layer.fresh(TestBackend.onDatabase(settings))))), String)

layer(Several, { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "several databases for tables",
  (it) => {
    it.effect("a job loads into the one that it names, where the name of its table need not be another", () =>
      Effect.gen(function* () {
        const queue = yield* PgClient.PgClient
        const { sql: lake } = yield* Lake
        const inLake = yield* startedWith({ tableName, target: "lake" })
        assert.strictEqual((yield* jobOf(inLake.jobId)).target, "lake")
        const here = yield* startedWith({ tableName })
        assert.strictEqual((yield* jobOf(here.jobId)).target, "default")
        assert.strictEqual(yield* load(inLake.attempt, Stream.make(oneRow)), 1)
        assert.isNull(yield* idsIn(queue))
        assert.deepStrictEqual(yield* idsIn(lake), ["1"])
        assert.strictEqual(yield* load(here.attempt, Stream.make(oneRow)), 1)
        assert.deepStrictEqual(yield* idsIn(queue), ["1"])
        const jobs = yield* Jobs
        const again = yield* Effect.flip(jobs.create({ fileUrl, options: { tableName, target: "lake" } }))
        assert.strictEqual(again._tag, "TableNameTaken")
      }),
    )

    it.effect("a cancel that comes between the two commits is too late, and completes the job", () =>
      Effect.gen(function* () {
        const { jobId, jobs } = yield* commitAlone({ target: "lake" })
        const refused = yield* Effect.flip(jobs.cancel(jobId))
        assert.strictEqual(refused._tag === "JobAlreadyFinished" && refused.job.state, "completed")
      }),
    )

    it.effect("a cancelled job gets no table, although its attempt goes on", () =>
      Effect.gen(function* () {
        const { attempt, jobId, jobs } = yield* startedWith({ target: "lake" })
        yield* jobs.cancel(jobId)
        assert.isTrue(Exit.isFailure(yield* Effect.exit(load(attempt, Stream.make(oneRow)))))
        const { sql } = yield* Lake
        const found = yield* sql`select from pg_class where relname = ${attempt.table}`
        assert.deepStrictEqual(found, [])
      }),
    )

    it.effect("a name that the operator has not declared is refused, with those that exist", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const refused = yield* Effect.flip(jobs.create({ fileUrl, options: { target: "warehouse" } }))
        assert.deepStrictEqual(refused._tag === "TargetUnknown" && refused.known, [
          "default",
          "lake",
          "silent",
        ])
      }),
    )

    it.effect("one that does not respond holds up its own jobs, and no others", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const queue = yield* PgClient.PgClient
        const refused = yield* Effect.flip(jobs.create({ fileUrl, options: { target: "silent" } }))
        assert.include(String(refused), "the database silent does not respond")
        const { attempt, jobId } = yield* runningWith({ target: "lake" })
        // As if it had responded before.
        yield* queue`update sluice.job set target = 'silent' where id = ${jobId}`
        yield* declare("silent")
        const fence = yield* JobFence
        const failed = yield* Effect.flip(fence.open(attempt.claim, "silent"))
        assert.strictEqual(failed._tag === "LoadError" && failed.code, "database_unavailable")
        assert.strictEqual((yield* Effect.flip(jobs.cancel(jobId)))._tag, "ServiceUnavailable")
        assert.deepStrictEqual((yield* (yield* HealthReport).read).targets, [
          { target: "lake", available: true },
          { target: "silent", available: false },
        ])
        assert.match(yield* prometheusText, /^sluice_target_available\{.*target="silent".*\} 0$/m)
        const other = yield* startedWith({})
        assert.strictEqual(yield* load(other.attempt, Stream.make(oneRow)), 1)
        // An operator ends its jobs so.
        yield* giveUp("silent")
        assert.strictEqual((yield* jobs.cancel(jobId)).state, "cancelled")
      }),
    )

    it.effect(
      "one that does not respond is asked by the run of a source, not by the claim that it shares",
      () =>
        asSomeCaller(
          Effect.gen(function* () {
            const queue = yield* PgClient.PgClient
            const { runs, sourceId } = yield* createSource({ options: { target: "lake" } })
            const { jobId } = runs[0]!
            yield* queue`update sluice.source set loaded_oid = 1, loaded_by = ${jobId} where id = ${sourceId}`
            yield* queue`update sluice.job set target = 'silent' where id = ${jobId}`
            const [attempt] = yield* (yield* Jobs).begin([yield* claimed(jobId)])
            assert.isUndefined(attempt?.unreadable)
            const asked = yield* Effect.flip(attempt!.refresh!.known)
            assert.strictEqual(asked.code, "database_unavailable")
          }),
        ),
    )

    it.effect(
      "a worker leaves the jobs of one that others have and it lacks, and fails those of one given up",
      () =>
        Effect.gen(function* () {
          const jobs = yield* Jobs
          const queue = yield* PgClient.PgClient
          const { jobId } = yield* jobs.create({ fileUrl, options: { target: "lake" } })
          const moveTo = (target: string) =>
            queue`
              with message as (
                update boss.job_common set data = jsonb_set(data, '{target}', to_jsonb(${target}::text)) where id = ${jobId}
              ) update sluice.job set target = ${target} where id = ${jobId}`
          yield* moveTo("sea")
          yield* declare("sea")
          const other = yield* create
          const taken = yield* Effect.flatMap(JobQueue, ({ claim }) => claim(100))
          const ids = taken.map(({ claim }) => claim.jobId)
          assert.include(ids, other.jobId)
          assert.notInclude(ids, jobId)
          const missing = yield* jobOf(jobId)
          assert.deepInclude(missing.waiting, { reason: "target", position: null })
          assert.isNull(missing.attempt)
          yield* moveTo("lake")
          assert.deepInclude((yield* jobOf(jobId)).waiting, { reason: "slot", position: 1 })
          yield* moveTo("sea")
          yield* giveUp("sea")
          const [attempt] = yield* jobs.begin([yield* claimed(jobId)])
          assert.strictEqual(attempt?.unreadable?.code, "target_unknown")
        }),
    )

    it.effect("a source is late, and stops only if the operator has given its database up", () =>
      asSomeCaller(
        Effect.gen(function* () {
          const queue = yield* PgClient.PgClient
          const late = yield* createSource({ options: { target: "lake" } })
          const silent = yield* createSource({ options: { target: "lake" } })
          const ids = [late.sourceId, silent.sourceId]
          yield* queue`update sluice.job set final_state = 'completed' where source_id = any (${ids}::uuid[])`
          const moveTo = (sourceId: SourceId, target: string) =>
            queue`update sluice.source set options = options || jsonb_build_object('target', ${target}::text) where id = ${sourceId}`
          yield* declare("warehouse")
          yield* moveTo(late.sourceId, "warehouse")
          yield* moveTo(silent.sourceId, "silent")
          yield* Effect.forEach(ids, makeDue)
          yield* runDue
          for (const id of ids) {
            const { nextRunAt, runs, state } = yield* sourceOf(id)
            assert.deepStrictEqual([state, runs.length], ["active", 1])
            assert.isAbove(DateTime.toEpochMillis(nextRunAt!), Date.now())
          }
          yield* giveUp("warehouse")
          yield* makeDue(late.sourceId)
          yield* runDue
          assert.deepInclude(yield* sourceOf(late.sourceId), {
            state: "stopped",
            stopReason: "The operator no longer has the database warehouse.",
          })
        }),
      ),
    )

    it.effect("one that hangs holds up no reading of the others, and is named", () =>
      asSomeCaller(
        Effect.gen(function* () {
          const { proxy } = yield* Lake
          const [rows, tables, jobs] = [yield* Rows, yield* Tables, yield* Jobs]
          yield* proxy.pause
          yield* Effect.gen(function* () {
            const [found, { unavailable }, ...refused] = yield* Effect.all(
              [
                rows.find("trips", undefined),
                tables.list({ after: null, limit: 10 }),
                Effect.flip(rows.find("trips", "lake")),
                Effect.flip(jobs.create({ fileUrl, options: { target: "lake" } })),
              ],
              { concurrency: "unbounded" },
            )
            assert.strictEqual(found.target, "default")
            assert.deepStrictEqual(unavailable, ["lake", "silent"])
            for (const each of refused) {
              assert.include(String(each), "the database lake does not respond")
              assert.include(
                each._tag === "ServiceUnavailable" ? each.detail : "",
                "The database lake does not respond",
              )
            }
          }).pipe(Effect.ensuring(proxy.resume))
        }),
      ),
    )

    it.effect("one that cannot be used is named with the reason, and is used when it has been repaired", () =>
      Effect.gen(function* () {
        const { sql, url } = yield* Lake
        const later = new URL(url)
        later.pathname += "_later"
        const proxy = yield* TcpProxy.make(later.href)
        yield* proxy.close
        const settings = { TARGET_DATABASES: `lake=${proxy.through(later.href)}` }
        const queue = yield* TestDatabase.make
        const context = yield* Layer.build(
          Layer.fresh(TestBackend.onDatabase(settings)).pipe(
            Layer.provide(Layer.succeed(TestDatabase, queue)),
          ),
        )
        yield* proxy.open
        const asked = Context.get(context, TargetDatabases).apart("lake")
        yield* Effect.flip(asked).pipe(
          Effect.repeat({
            until: ({ message }) => message.includes("does not exist"),
            schedule: Schedule.spaced("100 millis"),
          }),
        )
        yield* sql`create database ${sql(later.pathname.slice(1))}`
        yield* Effect.retry(asked, Schedule.spaced("100 millis"))
      }).pipe(Effect.scoped),
    )

    it.effect("a process without any confirms no cancel of a job of one", () =>
      Effect.gen(function* () {
        const { jobId } = yield* startedWith({ target: "lake" })
        const queue = yield* PgClient.PgClient
        // It was started before the others connected to the database.
        const before = queue`update sluice.installation set targets = '{}'`
        yield* before
        yield* Effect.gen(function* () {
          yield* queue`update sluice.installation set targets = '{lake}'`
          const refused = yield* Effect.flip(Effect.flatMap(Jobs, (jobs) => jobs.cancel(jobId)))
          assert.include(String(refused), "this process has no database lake")
        }).pipe(Effect.provide(Layer.fresh(TestBackend.onDatabase({}))))
        assert.strictEqual((yield* jobOf(jobId)).state, "active")
      }),
    )

    it.effect("a process without one of them, or with it under another name, does not start", () =>
      Effect.gen(function* () {
        const { url } = yield* Lake
        assert.include(yield* problemOf({}), "TARGET_DATABASES lacks lake")
        const twice = yield* problemOf({ TARGET_DATABASES: `lake=${url}\nwarehouse=${url}` })
        assert.include(twice, "TARGET_DATABASES (warehouse) names the database whose name is lake")
      }),
    )
  },
)
