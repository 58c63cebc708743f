import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { IdempotencyKey } from "../../src/Domain/job/IdempotencyKey.ts"
import { JobQueue } from "../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../src/Domain/job/Jobs.ts"
import type { Caller } from "../../src/Domain/service/Caller.ts"
import { noCounters } from "../../src/Domain/job/Progress.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import { TableName } from "../../src/Domain/load/columns/TableName.ts"
import { apartFromOthers } from "./JobRecord.ts"
import { claimed, createUnder, createWith, find, trouble } from "./jobFixtures.ts"

/** Conformance tests for the creation of jobs, run like `jobsSuite`. */
export const jobCreationSuite = <E>(
  name: string,
  layerJobs: Layer.Layer<Jobs | JobQueue | Caller, E>,
): void => {
  layer(layerJobs, { excludeTestServices: true, timeout: Duration.seconds(60) })(name, (it) => {
    it.effect("a requested table name is used unchanged and is then taken", () =>
      Effect.gen(function* () {
        const tableName = TableName.make('My "trips"; 🦆')
        const job = yield* createWith({ tableName })
        assert.strictEqual(job.table, tableName)
        const refused = yield* Effect.flip(createWith({ tableName }))
        assert.strictEqual(refused._tag, "TableNameTaken")
        if (refused._tag === "TableNameTaken") assert.strictEqual(refused.table, tableName)
        const [attempt] = yield* (yield* Jobs).begin([yield* claimed(job.jobId)])
        assert.strictEqual(attempt?.table, tableName)
      }),
    )

    it.effect("one of several concurrent requests for a name gets it", () =>
      Effect.gen(function* () {
        const tableName = TableName.make("contested")
        const asked = yield* Effect.all(
          Array.from({ length: 8 }, () => Effect.result(createWith({ tableName }))),
          { concurrency: "unbounded" },
        )
        const refused = asked.flatMap((result) => (result._tag === "Failure" ? [result.failure._tag] : []))
        assert.deepStrictEqual(
          refused,
          Array.from({ length: 7 }, () => "TableNameTaken" as const),
        )
      }),
    )

    it.effect("the table name of a failed or cancelled job is free again", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const tableName = TableName.make("second_try")
        const cancelled = yield* createWith({ tableName })
        yield* jobs.cancel(cancelled.jobId)
        const failing = yield* createWith({ tableName })
        const claim = yield* claimed(failing.jobId)
        yield* jobs.begin([claim])
        assert.isTrue(yield* jobs.fail(claim, trouble, noCounters))
        const third = yield* createWith({ tableName })
        assert.strictEqual(third.table, tableName)
        assert.strictEqual((yield* Effect.flip(createWith({ tableName })))._tag, "TableNameTaken")
        assert.strictEqual((yield* find(cancelled.jobId)).table, tableName)
      }),
    )

    it.effect("a request repeated with its key returns the same job, even after it has ended", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const options = { tableName: TableName.make("once"), header: false } as const
        const job = yield* createUnder("again", options)
        assert.deepStrictEqual(apartFromOthers(yield* createUnder("again", options)), apartFromOthers(job))
        const claim = yield* claimed(job.jobId)
        yield* jobs.begin([claim])
        const active = yield* createUnder("again", { header: false, tableName: options.tableName })
        assert.deepStrictEqual([active.jobId, active.state], [job.jobId, "active"])
        assert.isTrue(yield* jobs.fail(claim, trouble, noCounters))
        assert.deepStrictEqual(yield* createUnder("again", options), yield* find(job.jobId))
      }),
    )

    it.effect("a different request with a used key is refused, and another key creates another job", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const first = yield* createUnder("k")
        const others = [
          createUnder("k", { header: true }),
          jobs.create({
            fileUrl: SourceUrl.make("http://files.example/tripsdata.csv?"),
            options: {},
            idempotencyKey: IdempotencyKey.make("k"),
          }),
        ]
        for (const other of others)
          assert.strictEqual((yield* Effect.flip(other))._tag, "IdempotencyKeyReused")
        const second = yield* createUnder("K")
        assert.notStrictEqual(second.jobId, first.jobId)
        assert.strictEqual((yield* createUnder("k")).jobId, first.jobId)
      }),
    )

    it.effect("a failed creation does not use up its key", () =>
      Effect.gen(function* () {
        const tableName = TableName.make("held")
        yield* createWith({ tableName })
        const refused = yield* Effect.flip(createUnder("unburnt", { tableName }))
        assert.strictEqual(refused._tag, "TableNameTaken")
        const job = yield* createUnder("unburnt", { tableName: TableName.make("not_held") })
        assert.strictEqual(job.table, "not_held")
      }),
    )

    it.effect("twenty concurrent requests with one key create one job", () =>
      Effect.gen(function* () {
        const posted = yield* Effect.all(
          Array.from({ length: 20 }, () => createUnder("at one time")),
          { concurrency: "unbounded" },
        )
        assert.strictEqual(new Set(posted.map(({ jobId }) => jobId)).size, 1)
        const queued = yield* (yield* JobQueue).claim(100)
        const [job] = posted
        assert.strictEqual(queued.filter(({ claim }) => claim.jobId === job?.jobId).length, 1)
      }),
    )
  })
}
