import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { JobQueue } from "../../../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import { noCounters } from "../../../../src/Domain/job/Progress.ts"
import { Tables } from "../../../../src/Domain/job/Tables.ts"
import { TableName } from "../../../../src/Domain/load/columns/TableName.ts"
import { loadError } from "../../../../src/Domain/load/LoadError.ts"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import { TargetDatabase } from "../../../../src/Layers/database/postgres/TargetDatabase.ts"
import { commitAlone, startedWith } from "../../../support/fencedLoads.ts"
import { jobOf, load, mixedBatch, oneRow, skippedLine } from "../../../support/SinkLoads.ts"
import * as TestBackend from "../../../support/TestBackend.ts"
import { TestDatabase } from "../../../support/TestDatabase.ts"

const withTarget = (target: { readonly url: Redacted.Redacted }) =>
  TestBackend.layer({ TARGET_DATABASE_URL: Redacted.value(target.url) })

/** The service with its tables in a second database. */
const Apart = Layer.unwrap(Effect.map(TestDatabase.make, withTarget))

/** Tables of users in the database of the tables, and in that of the queue. */
const tables = Effect.gen(function* () {
  const queue = yield* PgClient.PgClient
  const { sql } = yield* TargetDatabase
  const names = (from: typeof queue | typeof sql) =>
    Effect.map(
      from<{
        name: string
      }>`select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
      (rows) => rows.map(({ name }) => name),
    )
  return { inTarget: yield* names(sql), inQueue: yield* names(queue) }
})

const started = startedWith({})
const committedAlone = commitAlone({})

const failure = loadError("source_not_found", "gone")

layer(Apart, { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "tables in another database",
  (it) => {
    it.effect(
      "a load makes its table there, and its record, rejects and skipped lines are with the queue",
      () =>
        Effect.gen(function* () {
          const { attempt, jobId, jobs } = yield* started
          const batch = { ...mixedBatch(1, 300, (record) => record % 2 === 0), skipped: [skippedLine(1)] }
          assert.strictEqual(yield* load(attempt, Stream.make(batch)), 150)
          const { inQueue, inTarget } = yield* tables
          assert.include(inTarget, attempt.table)
          assert.deepStrictEqual(inQueue, [])
          const job = yield* jobOf(jobId)
          assert.deepStrictEqual(
            [job.state, job.progress.rowsLoaded, job.progress.rowsRejected],
            ["completed", 150, 150],
          )
          const { items } = yield* jobs.rejects(jobId, { after: 0, limit: 1000 })
          assert.strictEqual(items.length, 150)
          assert.strictEqual((yield* jobs.skipped(jobId, { after: 0, limit: 10 })).kept, 1)
          const { sql } = yield* TargetDatabase
          assert.deepStrictEqual(yield* sql`select * from sluice.reject`, [])
          assert.deepStrictEqual(
            yield* sql`select state, is_settled, completion from sluice.load where job_id = ${jobId}`,
            [{ state: "done", is_settled: true, completion: null }],
          )
          const found = yield* Effect.flatMap(Tables, (list) =>
            list.find(["public", attempt.table, "default"]),
          )
          assert.deepStrictEqual([found?.jobId, found?.rowsLoaded, found?.loads.length], [jobId, 150, 1])
        }),
    )

    it.effect(
      "the next attempt of a job that died between the two commits completes it, without a second table",
      () =>
        Effect.gen(function* () {
          const { attempt, fence, jobId, jobs, queue } = yield* committedAlone
          yield* jobs.retry(attempt.claim, failure, Duration.zero)
          const [again] = yield* queue.claim(1)
          assert.deepStrictEqual(again?.claim, { jobId, retryCount: 1 })
          assert.strictEqual((yield* Effect.flip(fence.open(again!.claim, "default")))._tag, "ClaimLost")
          assert.strictEqual((yield* jobOf(jobId)).state, "completed")
          assert.lengthOf(
            (yield* tables).inTarget.filter((name) => name === attempt.table),
            1,
          )
        }),
    )

    it.effect("a cancel that comes between the two commits is too late, and completes the job", () =>
      Effect.gen(function* () {
        const { jobId, jobs } = yield* committedAlone
        const refused = yield* Effect.flip(jobs.cancel(jobId))
        assert.strictEqual(refused._tag === "JobAlreadyFinished" && refused.job.state, "completed")
      }),
    )

    it.effect("an attempt that does not know of its commit cannot fail the job", () =>
      Effect.gen(function* () {
        const { attempt, jobId, jobs } = yield* committedAlone
        assert.isFalse(yield* jobs.fail(attempt.claim, failure, noCounters))
        assert.strictEqual((yield* jobOf(jobId)).state, "completed")
      }),
    )

    it.effect("a job of a worker that died between the two commits is completed by the others", () =>
      Effect.gen(function* () {
        const { jobId } = yield* committedAlone
        const queue = yield* PgClient.PgClient
        yield* queue`update sluice.claim set replica = 1000001 where job_id = ${jobId}`
        yield* jobOf(jobId).pipe(
          Effect.filterOrFail(({ state }) => state === "completed"),
          Effect.eventually,
          Effect.timeout("10 seconds"),
        )
      }),
    )

    it.effect("a cancelled job gets no table, although its attempt goes on", () =>
      Effect.gen(function* () {
        const { attempt, jobId, jobs } = yield* started
        assert.strictEqual((yield* jobs.cancel(jobId)).state, "cancelled")
        const exit = yield* Effect.exit(load(attempt, Stream.make(oneRow)))
        assert.isTrue(Exit.isFailure(exit))
        assert.notInclude((yield* tables).inTarget, attempt.table)
      }),
    )

    it.effect("an attempt cannot commit after a later one has begun", () =>
      Effect.gen(function* () {
        const { attempt, fence, jobs, queue } = yield* started
        yield* jobs.retry(attempt.claim, failure, Duration.zero)
        const [again] = yield* queue.claim(1)
        yield* fence.open(again!.claim, "default")
        const [next] = yield* jobs.begin([again!.claim])
        const lost = yield* Effect.flip(load(attempt, Stream.make(oneRow)))
        assert.strictEqual(lost._tag, "ClaimLost")
        assert.strictEqual(yield* load(next!, Stream.make(oneRow)), 1)
      }),
    )

    it.effect("a name that a table has there is taken", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const { sql } = yield* TargetDatabase
        yield* sql`create table public.of_others ()`
        const fileUrl = SourceUrl.make("http://files.example/a.csv")
        const tableName = TableName.make("of_others")
        const taken = yield* Effect.flip(jobs.create({ fileUrl, options: { tableName } }))
        assert.strictEqual(taken._tag, "TableNameTaken")
        const appending = yield* jobs.create({ fileUrl, options: { tableName, mode: "append" } })
        yield* jobs.cancel(appending.jobId)
      }),
    )

    it.effect("a job that was posted without this database is not loaded into it", () =>
      Effect.gen(function* () {
        const queue = yield* PgClient.PgClient
        const jobs = yield* Jobs
        const { jobId } = yield* jobs.create({
          fileUrl: SourceUrl.make("http://files.example/old.csv"),
          options: {},
        })
        yield* queue`update sluice.job set target = null where id = ${jobId}`
        const claims = yield* Effect.flatMap(JobQueue, ({ claim }) => claim(100))
        const [attempt] = yield* jobs.begin(
          claims.map(({ claim }) => claim).filter((claim) => claim.jobId === jobId),
        )
        assert.strictEqual(attempt?.unreadable?.code, "target_unknown")
      }),
    )

    it.effect("the queue's own database is refused", () =>
      Effect.gen(function* () {
        const database = yield* TestDatabase
        const again = TestBackend.onDatabase({ TARGET_DATABASE_URL: Redacted.value(database.url) })
        const problem = yield* Effect.flip(Effect.scoped(Layer.build(Layer.fresh(again))))
        assert.include(String(problem), "TARGET_DATABASE_URL names a database with a queue")
      }),
    )
  },
)
