import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import { randomUUID } from "node:crypto"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import { JobId } from "../../../../src/Domain/job/Job.ts"
import { JobQueue } from "../../../../src/Domain/job/JobQueue.ts"
import { notifyAll } from "../../../../src/Layers/database/queue/Signals.ts"
import { queueName } from "../../../../src/Layers/database/queue/queueTable.ts"
import { connectWorker, createAs, withoutJobs } from "../../../support/claimFixtures.ts"
import { enqueue } from "../../../support/enqueue.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

layer(TestBackend.layer({ RUNNING_JOBS_PER_CALLER: "3" }), {
  excludeTestServices: true,
  timeout: Duration.seconds(60),
})("claims of jobs", (it) => {
  it.effect("a caller with nothing running comes before the queue of another one", () =>
    Effect.gen(function* () {
      yield* withoutJobs
      const queue = yield* JobQueue
      for (let n = 0; n < 5; n++) yield* createAs("flooder")
      const calm = yield* createAs("calm")
      const [first] = yield* queue.claim(1)
      const [second] = yield* queue.claim(1)
      assert.notStrictEqual(first?.claim.jobId, calm)
      assert.strictEqual(second?.claim.jobId, calm)
    }),
  )

  it.effect("one claim takes turns between callers, the oldest job of each first", () =>
    Effect.gen(function* () {
      yield* withoutJobs
      const queue = yield* JobQueue
      const [one, two, three] = [yield* createAs("a"), yield* createAs("a"), yield* createAs("a")]
      const [four, five] = [yield* createAs("b"), yield* createAs("b")]
      const claimedIds = Effect.map(queue.claim(2), (some) => some.map(({ claim }) => claim.jobId))
      assert.deepStrictEqual(yield* claimedIds, [one, four])
      assert.deepStrictEqual(yield* claimedIds, [two, five])
      assert.deepStrictEqual(yield* claimedIds, [three])
    }),
  )

  it.effect("no caller has more running jobs than its limit, also when claims compete", () =>
    Effect.gen(function* () {
      yield* withoutJobs
      const queue = yield* JobQueue
      for (let n = 0; n < 8; n++) yield* createAs("greedy")
      const modest = yield* createAs("modest")
      const claimed = (yield* Effect.all(
        Array.from({ length: 6 }, () => queue.claim(2)),
        { concurrency: "unbounded" },
      )).flat()
      assert.lengthOf(claimed, 4)
      assert.include(
        claimed.map(({ claim }) => claim.jobId),
        modest,
      )
      const greedy = claimed.find(({ claim }) => claim.jobId !== modest)
      assert.isTrue(yield* queue.fail(greedy!.claim))
      assert.lengthOf(yield* queue.claim(10), 1)
    }),
  )

  it.effect("jobs that wait for a retry are passed over, those without a caller are not limited", () =>
    Effect.gen(function* () {
      yield* withoutJobs
      const queue = yield* JobQueue
      yield* createAs("patient")
      const [waiting] = yield* queue.claim(1)
      assert.isTrue(yield* queue.retry(waiting!.claim, Duration.minutes(1)))
      const next = yield* createAs("patient")
      for (let n = 0; n < 5; n++) yield* enqueue(JobId.make(randomUUID()))
      const claimed = yield* queue.claim(10)
      assert.lengthOf(claimed, 6)
      assert.include(
        claimed.map(({ claim }) => claim.jobId),
        next,
      )
    }),
  )

  it.effect("one suspect at a time is claimed, with other jobs", () =>
    Effect.gen(function* () {
      yield* withoutJobs
      const sql = yield* PgClient.PgClient
      const queue = yield* JobQueue
      const first = yield* createAs("a")
      const suspects = [yield* createAs("b"), yield* createAs("c")]
      yield* sql`
        insert into sluice.claim (job_id, retry_count, replica, crashes)
        values (${suspects[0]!}, 0, null, 3), (${suspects[1]!}, 0, 7, 2)`
      const last = yield* createAs("d")
      const claimedIds = Effect.map(queue.claim(10), (some) => some.map(({ claim }) => claim.jobId))
      assert.deepStrictEqual(yield* claimedIds, [first, suspects[0], last])
      assert.deepStrictEqual(yield* claimedIds, [suspects[1]])
      assert.deepStrictEqual(yield* claimedIds, [])
    }),
  )

  it.effect("suspects are left to others, and keep no place of a job that may be claimed", () =>
    Effect.gen(function* () {
      yield* withoutJobs
      const sql = yield* PgClient.PgClient
      const queue = yield* JobQueue
      const suspects = [yield* createAs("a"), yield* createAs("a"), yield* createAs("b")]
      for (const suspect of suspects)
        yield* sql`insert into sluice.claim (job_id, retry_count, replica, crashes) values (${suspect}, 0, null, 3)`
      const others = [yield* createAs("a"), yield* createAs("b")]
      const claimedIds = (limit: number, suspects: boolean) =>
        Effect.map(queue.claim(limit, { suspects }), (some) => some.map(({ claim }) => claim.jobId))
      assert.deepStrictEqual(yield* claimedIds(1, false), [others[0]])
      assert.deepStrictEqual(yield* claimedIds(10, false), [others[1]])
      assert.deepStrictEqual(yield* claimedIds(10, false), [])
      assert.deepStrictEqual(yield* claimedIds(10, true), [suspects[0]])
    }),
  )

  it.effect("a created job enters the queue as pg-boss's send would put it there", () =>
    Effect.gen(function* () {
      yield* withoutJobs
      const sql = yield* PgClient.PgClient
      const rowOf = (jobId: JobId) =>
        Effect.map(
          sql<{ job: Record<string, unknown> }>`
              select to_jsonb(job) - 'id' - 'data' - 'group_id' - 'group_tier' || jsonb_build_object('start_after', start_after = created_on,
                'created_on', created_on > now() - interval '1 minute', 'keep_until', keep_until - created_on) as job
              from boss.job where id = ${jobId} and name = ${queueName}`,
          (rows) => rows[0]?.job,
        )
      const sent = JobId.make(randomUUID())
      yield* enqueue(sent)
      const created = yield* createAs("someone")
      assert.deepStrictEqual(yield* rowOf(created), yield* rowOf(sent))
      const [row] = yield* sql<{ group: string; data: unknown }>`
          select group_id as group, data from boss.job where id = ${created}`
      assert.strictEqual(row?.group, "someone")
      assert.include(row?.data, { _tag: "QueuedLoad", version: 2, jobId: created })
    }),
  )
})

layer(TestBackend.layer({ WORKER_CONCURRENCY: "16" }), {
  excludeTestServices: true,
  timeout: Duration.seconds(60),
})("slots of a worker", (it) => {
  it.effect("cannot all be taken by one caller, whose sources may be slow", () =>
    Effect.gen(function* () {
      const queue = yield* JobQueue
      for (let n = 0; n < 20; n++) yield* createAs("slow")
      assert.lengthOf(yield* queue.claim(16), 14)
      assert.lengthOf(yield* queue.claim(2), 0)
      yield* createAs("other")
      assert.lengthOf(yield* queue.claim(2), 1)
    }),
  )

  it.effect("are not offered to others' jobs once it is shutting down", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const queue = yield* JobQueue
      const signal = Effect.map(notifyAll(sql, 1, []), (rows) => rows.length)
      yield* queue.claim(1)
      assert.strictEqual(yield* signal, 1)
      yield* queue.leave
      assert.strictEqual(yield* signal, 0)
    }),
  )

  it.effect("are left to another worker, which gets the signal that came during the shutdown", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const queue = yield* JobQueue
      const { replica } = yield* connectWorker
      const heard = yield* sql.listen("sluice")
      yield* queue.leave
      assert.strictEqual((yield* Queue.take(heard)).payload, `ready ${replica}`)
    }),
  )
})
