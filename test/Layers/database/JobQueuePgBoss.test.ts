import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import { randomUUID } from "node:crypto"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { JobId } from "../../../src/Domain/job/Job.ts"
import { JobQueue } from "../../../src/Domain/job/JobQueue.ts"
import { PgBossClient } from "../../../src/Layers/database/queue/PgBossClient.ts"
import { queueName } from "../../../src/Layers/database/queue/queueTable.ts"
import { expectedLogs } from "../../support/expectedLogs.ts"
import { enqueue } from "../../support/enqueue.ts"
import * as TestBackend from "../../support/TestBackend.ts"

const enqueued = Effect.gen(function* () {
  const jobId = JobId.make(randomUUID())
  yield* enqueue(jobId)
  return jobId
})

const Service = Layer.provideMerge(
  TestBackend.layer(),
  expectedLogs("cannot read the message of a job, which a newer version may have written"),
)

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })("the queue on pg-boss", (it) => {
  it.effect("a message of another version returns to the queue and does not block other jobs", () =>
    Effect.gen(function* () {
      const queue = yield* JobQueue
      const boss = yield* PgBossClient
      const sql = yield* PgClient.PgClient
      const strange = JobId.make(randomUUID())
      const message = { _tag: "QueuedLoad", version: 4, jobId: strange, howToLoad: "unheard of" }
      yield* Effect.promise(() => boss.send(queueName, message, { id: strange }))
      const known = yield* enqueued
      const claimed = yield* queue.claim(10)
      assert.deepStrictEqual(
        claimed.map(({ claim }) => claim.jobId),
        [known],
      )
      assert.deepStrictEqual(yield* queue.state(strange), Option.some("retry" as const))
      const [kept] = yield* sql<{ data: unknown; wait: number }>`
          select data, extract(epoch from start_after - now())::float8 as wait from boss.job where id = ${strange}`
      assert.deepStrictEqual(kept?.data, message)
      assert.isAbove(kept?.wait ?? 0, 20)
      assert.deepStrictEqual(yield* queue.claim(10), [])
    }),
  )

  it.effect("a message of an earlier version is claimed", () =>
    Effect.gen(function* () {
      const queue = yield* JobQueue
      const boss = yield* PgBossClient
      const jobId = JobId.make(randomUUID())
      const message = { _tag: "QueuedLoad", version: 1, jobId, traceparent: null }
      yield* Effect.promise(() => boss.send(queueName, message, { id: jobId }))
      const claimed = yield* queue.claim(10)
      assert.deepStrictEqual(
        claimed.map((load) => load.message.jobId),
        [jobId],
      )
      assert.isTrue(yield* queue.fail(claimed[0]!.claim))
    }),
  )

  it.effect("pg-boss never ends a job because of its attempts", () =>
    Effect.gen(function* () {
      const queue = yield* JobQueue
      const jobId = yield* enqueued
      for (let attempt = 0; attempt < 25; attempt++) {
        const [claimed] = yield* queue.claim(10)
        if (claimed === undefined) return assert.fail(`the job was not claimed for attempt ${attempt}`)
        assert.deepStrictEqual(claimed.claim, { jobId, retryCount: attempt })
        assert.isTrue(yield* queue.retry(claimed.claim, Duration.zero))
      }
      assert.deepStrictEqual(yield* queue.state(jobId), Option.some("retry" as const))
    }),
  )
})
