import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { JobId } from "../../../../src/Domain/job/Job.ts"
import { JobQueue } from "../../../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import { noCounters } from "../../../../src/Domain/job/Progress.ts"
import { loadError } from "../../../../src/Domain/load/LoadError.ts"
import { TableName } from "../../../../src/Domain/load/columns/TableName.ts"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import { uploadUrl } from "../../../../src/Domain/source/UploadUrl.ts"
import { expectedLogs } from "../../../support/expectedLogs.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const fileUrl = SourceUrl.make("http://files.example/tripsdata.csv")

/** A job that this process has claimed; `heldBy` records another replica as its holder. */
const claimed = Effect.gen(function* () {
  const jobs = yield* Jobs
  const queue = yield* JobQueue
  const sql = yield* PgClient.PgClient
  const { jobId } = yield* jobs.create({ fileUrl, options: {} })
  const [found] = yield* queue.claim(1)
  if (found === undefined) return yield* Effect.die("the job was not claimed")
  const holder = sql<{ replica: number | null; crashes: number }>`
    select replica, crashes from sluice.claim where job_id = ${jobId}`
  const heldBy = (replica: number) =>
    sql`update sluice.claim set replica = ${replica} where job_id = ${jobId}`
  return { jobs, queue, sql, jobId, claim: found.claim, crashes: found.crashes, holder, heldBy }
})

const becomes = (jobId: JobId, state: string) =>
  JobQueue.use((queue) => queue.state(jobId)).pipe(
    Effect.filterOrFail((found) => Option.contains(found, state)),
    Effect.eventually,
    Effect.timeout("10 seconds"),
  )

const Service = Layer.provideMerge(
  TestBackend.layer(),
  expectedLogs(
    "a background statement of the queue failed",
    "lost the replica's lock",
    "holds the replica's lock again",
    "returned a dead worker's jobs to the queue",
  ),
)

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "claims and the replicas that hold them",
  (it) => {
    it.effect("a job whose holder has lost its lock returns to the queue, and the crash is counted", () =>
      Effect.gen(function* () {
        const { claim, heldBy, jobId, queue } = yield* claimed
        yield* heldBy(1_000_001)
        yield* becomes(jobId, "retry")
        assert.deepStrictEqual(yield* queue.touch([claim]), [])
        const [again] = yield* queue.claim(1)
        assert.deepStrictEqual(again?.claim, { jobId, retryCount: 1 })
        assert.strictEqual(again?.crashes, 1)
        yield* queue.cancel(jobId)
      }),
    )

    it.effect("a replica that holds its lock keeps its jobs when another dies", () =>
      Effect.gen(function* () {
        const living = yield* claimed
        const other = yield* claimed
        yield* other.heldBy(1_000_002)
        yield* becomes(other.jobId, "retry")
        assert.deepStrictEqual(yield* living.queue.touch([living.claim]), [living.claim])
        assert.lengthOf(
          (yield* living.holder).filter(({ replica }) => replica !== null),
          1,
        )
        yield* living.queue.cancel(living.jobId)
        yield* other.queue.cancel(other.jobId)
      }),
    )

    it.effect("the death of a replica is blamed on its jobs with the most crashes", () =>
      Effect.gen(function* () {
        const jobs = [yield* claimed, yield* claimed, yield* claimed, yield* claimed]
        const { queue, sql } = jobs[0]!
        const ids = jobs.map(({ jobId }) => jobId)
        for (const [n, jobId] of ids.entries())
          yield* sql`update sluice.claim set crashes = ${[1, 0, 1, 0][n]!}::integer where job_id = ${jobId}`
        // The last one's replica has no job with more crashes.
        yield* sql`update sluice.claim set replica = 1000004 where job_id in ${sql.in(ids.slice(0, 3))}`
        yield* sql`update sluice.claim set replica = 1000005 where job_id = ${ids[3]!}`
        for (const jobId of ids) yield* becomes(jobId, "retry")
        const again = new Map((yield* queue.claim(10)).map(({ claim, crashes }) => [claim.jobId, crashes]))
        assert.deepStrictEqual(
          ids.map((jobId) => again.get(jobId)),
          [2, 0, 2, 1],
        )
        for (const jobId of ids) yield* queue.cancel(jobId)
      }),
    )

    it.effect("a claim that its holder settled is no crash", () =>
      Effect.gen(function* () {
        const { claim, holder, jobId, jobs, queue } = yield* claimed
        assert.isTrue(yield* queue.release(claim))
        assert.deepStrictEqual(yield* holder, [{ replica: null, crashes: 0 }])
        const [again] = yield* queue.claim(1)
        if (again === undefined) return assert.fail("the job was not claimed again")
        assert.strictEqual(again.crashes, 0)
        assert.isTrue(yield* queue.retry(again.claim, Duration.zero))
        const [third] = yield* queue.claim(1)
        if (third === undefined) return assert.fail("the job was not claimed a third time")
        assert.strictEqual(third.crashes, 0)
        yield* jobs.begin([third.claim])
        assert.isTrue(
          yield* jobs.fail(third.claim, loadError("source_not_found", "no such file"), noCounters),
        )
        assert.deepStrictEqual(yield* holder, [])
        assert.deepStrictEqual(yield* queue.state(jobId), Option.some("failed" as const))
      }),
    )

    it.effect("a claim that was lost for want of a heartbeat counts as a crash", () =>
      Effect.gen(function* () {
        const { jobId, queue, sql } = yield* claimed
        yield* sql`update boss.job set heartbeat_on = now() - interval '1 minute' where id = ${jobId}`
        yield* becomes(jobId, "retry")
        const [again] = yield* queue.claim(1)
        assert.deepStrictEqual([again?.claim.retryCount, again?.crashes], [1, 1])
        yield* queue.cancel(jobId)
      }),
    )

    it.effect(
      "a silent replica's jobs with the most crashes alone are blamed, whenever they are claimed again",
      () =>
        Effect.gen(function* () {
          const jobs = [yield* claimed, yield* claimed, yield* claimed]
          const { queue, sql } = jobs[0]!
          const ids = jobs.map(({ jobId }) => jobId)
          yield* sql`update sluice.claim set crashes = 1 where job_id = ${ids[1]!}`
          yield* sql`update boss.job set heartbeat_on = now() - interval '1 minute' where id in ${sql.in(ids)}`
          const again = new Map<string, number>()
          for (const jobId of ids) yield* becomes(jobId, "retry")
          for (const _ of ids)
            for (const { claim, crashes } of yield* queue.claim(1)) again.set(claim.jobId, crashes)
          assert.deepStrictEqual(
            ids.map((jobId) => again.get(jobId)),
            [0, 2, 0],
          )
          for (const jobId of ids) yield* queue.cancel(jobId)
        }),
    )

    it.effect("an upload that the queue has ended without its process ends, and frees its table's name", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const sql = yield* PgClient.PgClient
        const request = { fileUrl: uploadUrl(null), options: { tableName: TableName.make("left_behind") } }
        const received = yield* jobs.receive(request)
        if (!("replica" in received)) return assert.fail("the upload was sent before")
        const { jobId } = received.attempt.claim
        yield* sql`update boss.job set heartbeat_on = now() - interval '1 minute' where id = ${jobId}`
        const [job] =
          yield* sql`select error ->> 'code' as code from sluice.job where id = ${jobId} and final_state = 'failed'`.pipe(
            Effect.filterOrFail((rows) => rows.length > 0),
            Effect.eventually,
            Effect.timeout("20 seconds"),
          )
        assert.deepStrictEqual(job, { code: "worker_lost" })
        assert.isEmpty(yield* sql`select from sluice.claim where job_id = ${jobId}`)
        assert.property(yield* jobs.receive(request), "replica")
      }),
    )

    it.effect("the row of its claim is deleted when a job ends", () =>
      Effect.gen(function* () {
        const { holder, jobId, jobs } = yield* claimed
        assert.lengthOf(yield* holder, 1)
        yield* jobs.cancel(jobId)
        assert.deepStrictEqual(yield* holder, [])
      }),
    )

    it.effect("a replica that loses its connection gets its lock back before the reaper takes its jobs", () =>
      Effect.gen(function* () {
        const { claim, holder, jobId, queue, sql } = yield* claimed
        const session = sql<{ pid: number }>`
          select pid from pg_stat_activity
          where datname = current_database() and application_name = 'sluice replica'`
        const [before] = yield* session
        yield* sql`select pg_terminate_backend(${before?.pid ?? 0})`
        const after = yield* session.pipe(
          Effect.filterOrFail(([found]) => found !== undefined && found.pid !== before?.pid),
          Effect.eventually,
        )
        assert.lengthOf(after, 1)
        // The reaper has returned a job since, so it had time for this one.
        const other = yield* claimed
        yield* other.heldBy(1_000_003)
        yield* becomes(other.jobId, "retry")
        assert.deepStrictEqual(yield* queue.touch([claim]), [claim])
        const [held] = yield* holder
        assert.strictEqual(held?.crashes, 0)
        yield* queue.cancel(jobId)
        yield* queue.cancel(other.jobId)
      }),
    )
  },
)
