import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type { JobQueue } from "../../src/Domain/JobQueue.ts"
import { Jobs } from "../../src/Domain/Jobs.ts"
import { noCounters } from "../../src/Domain/Progress.ts"
import { TableName } from "../../src/Domain/TableName.ts"
import { claimed, createWith, find, trouble } from "./JobsAtWork.ts"

/** What every implementation of `Jobs` keeps to when it creates jobs. As `jobsSuite`. */
export const jobCreationSuite = <E>(name: string, layerJobs: Layer.Layer<Jobs | JobQueue, E>): void => {
  layer(layerJobs, { excludeTestServices: true, timeout: Duration.seconds(60) })(name, (it) => {
    it.effect("a table's name that was asked for is used as it stands, and taken for whoever asks next", () =>
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

    it.effect("of those who ask for one name at one time one gets it", () =>
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

    it.effect("the name of a job that failed or was cancelled is free again", () =>
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
  })
}
