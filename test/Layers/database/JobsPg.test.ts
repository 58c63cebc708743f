import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { Client } from "pg"
import type { Claim } from "../../../src/Domain/job/Claim.ts"
import { IdempotencyKey } from "../../../src/Domain/job/IdempotencyKey.ts"
import { JobQueue } from "../../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../../src/Domain/job/Jobs.ts"
import { noCounters } from "../../../src/Domain/job/Progress.ts"
import { SourceUrl } from "../../../src/Domain/source/SourceUrl.ts"
import { TableName } from "../../../src/Domain/load/columns/TableName.ts"
import * as JobsBackend from "../../../src/Layers/JobsBackend.ts"
import { DatabaseServer } from "../../../src/Layers/database/postgres/DatabaseServer.ts"
import { anyLoadOptions } from "../../support/anyLoadOptions.ts"
import { createJob, createWith } from "../../support/jobFixtures.ts"
import { jobCreationSuite } from "../../support/JobCreationSuite.ts"
import { jobsSuite } from "../../support/JobsSuite.ts"
import { tableName } from "../../support/tableName.ts"
import * as TestBackend from "../../support/TestBackend.ts"
import { TestDatabase } from "../../support/TestDatabase.ts"

jobsSuite("Jobs on Postgres and pg-boss", TestBackend.layer())
jobCreationSuite("New jobs on Postgres and pg-boss", TestBackend.layer())

const fileUrl = SourceUrl.make("http://files.example/tripsdata.csv")

/**
 * Creates jobs and claims them, without starting an attempt. Claims all other queued jobs too, but does not return them: a claim of an earlier
 * test may have lapsed on a slow machine.
 */
const claimed = Effect.fnUntraced(function* (n: number) {
  const jobs = yield* Jobs
  const queue = yield* JobQueue
  const created = new Set<string>()
  for (let i = 0; i < n; i++) created.add((yield* jobs.create({ fileUrl, options: {} })).jobId)
  return (yield* queue.claim(100)).map(({ claim }) => claim).filter(({ jobId }) => created.has(jobId))
})

/** Locks the job's record from another session until the scope closes. */
const lockedRecord = Effect.fnUntraced(function* ({ jobId }: Claim) {
  const { url } = yield* TestDatabase
  const client = yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const client = new Client({ connectionString: Redacted.value(url) })
      await client.connect()
      return client
    }),
    (client) => Effect.promise(() => client.end()),
  )
  yield* Effect.promise(() => client.query("begin"))
  yield* Effect.promise(() => client.query("select from sluice.job where id = $1 for update", [jobId]))
})

layer(TestBackend.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "Jobs on Postgres",
  (it) => {
    it.effect("a cancel that waits for a queue move is retried and cancels the job", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const queue = yield* JobQueue
        const sql = yield* PgClient.PgClient
        const [claim] = yield* claimed(1)
        const isMoved = yield* Latch.make(false)
        const mayCommit = yield* Latch.make(false)
        const moving = yield* Effect.forkChild(
          sql.withTransaction(
            Effect.gen(function* () {
              yield* queue.retry(claim!, Duration.zero)
              yield* isMoved.open
              yield* mayCommit.await
            }),
          ),
        )
        yield* isMoved.await
        const cancelling = yield* Effect.forkChild(jobs.cancel(claim!.jobId))
        yield* sql`
          select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.pipe(
          Effect.filterOrFail((rows) => rows.length > 0),
          Effect.eventually,
        )
        yield* mayCommit.open
        yield* Fiber.join(moving)
        assert.strictEqual((yield* Fiber.join(cancelling)).state, "cancelled")
        assert.strictEqual(Option.getOrThrow(yield* jobs.find(claim!.jobId)).state, "cancelled")
      }),
    )

    it.effect("columns stored without a type are text", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const jobs = yield* Jobs
        const { jobId } = yield* jobs.create({ fileUrl, options: {} })
        yield* sql`update sluice.job set columns = '[{"name": "a", "header": "A"}]' where id = ${jobId}`
        const job = Option.getOrThrow(yield* jobs.find(jobId))
        assert.deepStrictEqual(job.columns, [{ name: "a", header: "A", type: "text" }])
      }),
    )

    it.effect("the name of an existing table is not given to a new job", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const seconds = Math.floor(DateTime.toEpochMillis(yield* DateTime.now) / 1000)
        // One of these is the second in which the job is created.
        const taken = Array.from({ length: 60 }, (_, n) => tableName(fileUrl, seconds - 5 + n, 1))
        yield* Effect.forEach(taken, (name) => sql`create table public.${sql(name)} (precious text)`)
        const { createdAt, table } = yield* createWith({})
        const epoch = Math.floor(DateTime.toEpochMillis(createdAt) / 1000)
        assert.include(taken, tableName(fileUrl, epoch, 1))
        assert.strictEqual(table, tableName(fileUrl, epoch, 2))
        yield* claimed(0)
      }),
    )

    it.effect("the name of a loaded table is free again once the table is dropped", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const jobs = yield* Jobs
        const request = { fileUrl, options: { tableName: TableName.make("Kept 'til dropped") } }
        const { jobId, table } = yield* createJob(request)
        // As a load does when it commits.
        yield* sql`create table public.${sql(table)} (a text)`
        yield* sql`update sluice.job set final_state = 'completed' where id = ${jobId}`
        assert.strictEqual((yield* Effect.flip(jobs.create(request)))._tag, "TableNameTaken")
        yield* sql`drop table public.${sql(table)}`
        assert.strictEqual((yield* createJob(request)).table, table)
        yield* claimed(0)
      }),
    )

    it.effect("reserving a name does not touch the records of jobs that had it before", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const sql = yield* PgClient.PgClient
        const options = { tableName: TableName.make("again and again") }
        const versions = sql<{ version: string }>`
          select ctid::text || xmin::text as version from sluice.job
          where table_name = ${options.tableName} and not holds_name order by created_at`
        for (const _ of [1, 2]) yield* jobs.cancel((yield* jobs.create({ fileUrl, options })).jobId)
        const before = yield* versions
        yield* jobs.create({ fileUrl, options })
        assert.lengthOf(before, 2)
        assert.deepStrictEqual(yield* versions, before)
      }),
    )

    it.effect("a view takes a name too, and names are case-sensitive", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        yield* sql`create view public.some_view as select 1 as one`
        const refused = yield* Effect.flip(createWith({ tableName: TableName.make("some_view") }))
        assert.strictEqual(refused._tag, "TableNameTaken")
        assert.strictEqual((yield* createWith({ tableName: TableName.make("Some_view") })).table, "Some_view")
        yield* claimed(0)
      }),
    )

    it.effect.prop(
      "load options are stored unchanged",
      { options: anyLoadOptions },
      ({ options }) =>
        Effect.gen(function* () {
          const jobs = yield* Jobs
          const queue = yield* JobQueue
          const { jobId } = yield* jobs.create({ fileUrl, options })
          const attempts = yield* jobs.begin((yield* queue.claim(100)).map(({ claim }) => claim))
          const attempt = attempts.find(({ claim }) => claim.jobId === jobId)
          const { tableName: table = attempt?.table, ...others } = options
          assert.deepStrictEqual([attempt?.options, attempt?.table], [others, table])
          yield* jobs.cancel(jobId)
        }),
      { arbitrary: { runs: 40 } },
    )

    it.effect("twenty concurrent requests with one key, to two processes, create one job", () =>
      Effect.gen(function* () {
        const here = yield* Jobs
        const sql = yield* PgClient.PgClient
        const there = Context.get(
          yield* Layer.build(Layer.fresh(JobsBackend.layer).pipe(Layer.provide(DatabaseServer.layerConfig))),
          Jobs,
        )
        const idempotencyKey = IdempotencyKey.make("two processes")
        const posts = Array.from({ length: 20 }, (_, n) =>
          Effect.result(
            (n % 2 === 0 ? here : there).create({
              fileUrl,
              options: n === 7 ? { header: true } : {},
              idempotencyKey,
            }),
          ),
        )
        const posted = yield* Effect.all(posts, { concurrency: "unbounded" })
        const ids = posted.flatMap((each) => (each._tag === "Success" ? [each.success.jobId] : []))
        assert.include([1, 19], ids.length)
        assert.strictEqual(new Set(ids).size, 1)
        const rows = yield* sql`select id from sluice.job where idempotency_key = ${idempotencyKey}`
        assert.deepStrictEqual(rows, [{ id: ids[0] }])
        const queued = yield* (yield* JobQueue).claim(100)
        assert.deepStrictEqual(
          queued.map(({ claim }) => claim.jobId),
          ids.slice(0, 1),
        )
      }),
    )

    it.effect("the record of an ended job has neither the credentials of its URL nor its headers", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const jobs = yield* Jobs
        const secret = SourceUrl.make("http://user:hunter2@files.example/a.csv")
        const { jobId } = yield* jobs.create({
          fileUrl: secret,
          options: { headers: { authorization: "Bearer hunter2" }, timeout: 40 },
          idempotencyKey: IdempotencyKey.make("s"),
        })
        yield* jobs.cancel(jobId)
        const rows = yield* sql`select job::text as record from sluice.job where id = ${jobId}`
        assert.notInclude(JSON.stringify(rows), "hunter2")
        const queued = yield* sql`select job::text as record from boss.job as job where id = ${jobId}`
        assert.notInclude(JSON.stringify(queued), "hunter2")
      }),
    )

    it.effect("rejects are read in pages, in order of their record numbers", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const jobs = yield* Jobs
        const { jobId } = yield* jobs.create({ fileUrl, options: {} })
        yield* sql`
          insert into sluice.reject
          select ${jobId}, 2 * n, 2 * n + 1, nullif(n % 3, 0), 1e12 + n, 'nul_byte', 'a NUL', 'a\\x00;' || n, 8
          from generate_series(1, 5) n`
        const first = yield* jobs.rejects(jobId, { after: 0, limit: 3 })
        assert.deepStrictEqual(
          first.items.map(({ record }) => record),
          [2, 4, 6],
        )
        assert.strictEqual(first.next, 6)
        assert.deepStrictEqual(first.items[2], {
          record: 6,
          line: 7,
          column: null,
          byteOffset: 1e12 + 3,
          reason: "nul_byte",
          message: "a NUL",
          raw: "a\\x00;3",
          rawBytes: 8,
          fileUrl: null,
        })
        const rest = yield* jobs.rejects(jobId, { after: 6, limit: 2 })
        assert.deepStrictEqual([rest.items.map(({ record }) => record), rest.next], [[8, 10], null])
        yield* claimed(0)
      }),
    )

    it.effect("an unreadable record fails only its own job; the others of the claim start", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const jobs = yield* Jobs
        const claims = yield* claimed(3)
        const broken = claims[1]
        if (broken === undefined) return assert.fail("the jobs were not claimed")
        // A scheme that a later version may support.
        yield* sql`update sluice.job set file_url = 's3://bucket/a.csv' where id = ${broken.jobId}`
        const begun = yield* jobs.begin(claims)
        assert.sameDeepMembers(
          begun.map(({ claim }) => claim),
          claims.filter((claim) => claim !== broken),
        )
        const job = Option.getOrThrow(yield* jobs.find(broken.jobId))
        assert.deepStrictEqual([job.state, job.error?.code], ["failed", "internal_error"])
      }),
    )

    it.effect("a locked record is skipped when progress is stored, and the others are updated", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const claims = yield* claimed(2)
        yield* jobs.begin(claims)
        const [locked, free] = claims
        if (locked === undefined || free === undefined) return assert.fail("the jobs were not claimed")
        yield* lockedRecord(locked)
        yield* jobs.report(claims.map((claim) => ({ claim, counters: { ...noCounters, rowsLoaded: 5 } })))
        const rows = yield* Effect.forEach([locked, free], ({ jobId }) =>
          Effect.map(jobs.find(jobId), (job) => Option.getOrThrow(job).progress.rowsLoaded),
        )
        assert.deepStrictEqual(rows, [0, 5])
      }),
    )
  },
)
