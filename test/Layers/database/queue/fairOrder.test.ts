import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Claim } from "../../../../src/Domain/job/Claim.ts"
import type { JobId } from "../../../../src/Domain/job/Job.ts"
import { JobQueue } from "../../../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import { TableName } from "../../../../src/Domain/load/columns/TableName.ts"
import { seeded } from "../../../Csv/types/anyText.ts"
import { claimedIds, createAs, withoutJobs } from "../../../support/claimFixtures.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

/** Puts jobs of one caller into the queue without records. */
const enqueueMany = (caller: string, count: number) =>
  Effect.andThen(
    PgClient.PgClient,
    (sql) => sql`
      insert into boss.job_common (id, name, data, state, policy, start_after, group_id, created_on)
      select id, 'load', jsonb_build_object('_tag', 'QueuedLoad', 'version', 2, 'jobId', id, 'traceparent', null), 'created', 'standard', now(), ${caller},
        now() - interval '1 minute' + n * interval '1 ms'
      from (select gen_random_uuid() as id, n from generate_series(1, ${count}::integer) as n) as job`,
  )

layer(TestBackend.layer({ WORKER_CONCURRENCY: "8" }), {
  excludeTestServices: true,
  timeout: Duration.seconds(120),
})("the order of claims", (it) => {
  for (const slots of [1, 3])
    it.effect(
      `with ${slots} running at a time, a caller's first job waits for at most one job of each other caller, or two if it was just given one`,
      () =>
        Effect.gen(function* () {
          yield* withoutJobs
          const queue = yield* JobQueue
          const { below } = seeded(slots)
          const owner = new Map<JobId, string>()
          const running = new Map<JobId, Claim>()
          /** The first jobs of callers that had none, with the claims of others since. */
          const newcomers = new Map<JobId, ReadonlyArray<string>>()
          const waiting = new Map<string, number>()
          const served = new Set<string>()
          const post = Effect.fnUntraced(function* (caller: string) {
            const isFirst =
              (waiting.get(caller) ?? 0) === 0 && ![...running.keys()].some((id) => owner.get(id) === caller)
            const jobId = yield* createAs(caller)
            owner.set(jobId, caller)
            waiting.set(caller, (waiting.get(caller) ?? 0) + 1)
            if (isFirst) newcomers.set(jobId, [])
          })
          const claim = Effect.gen(function* () {
            const [load] = yield* queue.claim(1)
            if (load === undefined) return
            const { jobId } = load.claim
            const caller = owner.get(jobId)!
            running.set(jobId, load.claim)
            waiting.set(caller, waiting.get(caller)! - 1)
            newcomers.delete(jobId)
            for (const [newcomer, before] of newcomers) {
              const passedBy = [...before, caller]
              newcomers.set(newcomer, passedBy)
              assert.isAtMost(
                passedBy.filter((other) => other === caller).length,
                served.has(owner.get(newcomer)!) ? 2 : 1,
                `jobs of ${caller} before the first one of ${owner.get(newcomer)}`,
              )
            }
            served.add(caller)
          })
          const end = Effect.suspend(() => {
            const claims = [...running.values()]
            const ended = claims[below(claims.length)]!
            running.delete(ended.jobId)
            return queue.fail(ended)
          })
          for (let n = 0; n < 30; n++) yield* post(n % 2 === 0 ? "first" : "second")
          for (let step = 0; step < 100; step++) {
            if (below(4) === 0) yield* post(`caller${below(12)}`)
            yield* running.size < slots ? claim : end
          }
        }),
    )

  it.effect("a small job after 2,000 of another caller gets the next free slot", () =>
    Effect.gen(function* () {
      yield* withoutJobs
      const queue = yield* JobQueue
      yield* enqueueMany("flooder", 2000)
      const held = yield* queue.claim(4)
      assert.lengthOf(held, 4)
      const small = yield* createAs("small")
      yield* queue.fail(held[0]!.claim)
      assert.deepStrictEqual(yield* claimedIds(1), [small])
    }),
  )

  it.effect("callers with files of unequal size get the same bytes, and not the same number of jobs", () =>
    Effect.gen(function* () {
      yield* withoutJobs
      const sql = yield* PgClient.PgClient
      const queue = yield* JobQueue
      const large = new Set<JobId>()
      for (let n = 0; n < 12; n++) large.add(yield* createAs("large"))
      for (let n = 0; n < 40; n++) yield* createAs("little")
      yield* sql`update sluice.job set bytes_total = case when caller = 'large' then 79 else 15 end * 1048576 where final_state is null`
      const isLarge: Array<boolean> = []
      for (let n = 0; n < 30; n++) {
        const [load] = yield* queue.claim(1)
        isLarge.push(large.has(load!.claim.jobId))
        yield* queue.fail(load!.claim)
      }
      // Five little ones weigh as much as a large one.
      assert.approximately(isLarge.filter((one) => one).length, 5, 1)
    }),
  )

  it.effect("priority orders the jobs of one caller, and delays no job of another one", () =>
    Effect.gen(function* () {
      yield* withoutJobs
      const [usual, late] = [yield* createAs("a"), yield* createAs("a", { options: { priority: -1 } })]
      const urgent = yield* createAs("a", { options: { priority: 100 } })
      const other = yield* createAs("b", { options: { priority: -100 } })
      assert.sameMembers(yield* claimedIds(2), [urgent, other])
      assert.deepStrictEqual(yield* claimedIds(1), [usual])
      assert.deepStrictEqual(yield* claimedIds(1), [late])
    }),
  )

  it.effect("jobs on one table run as they were posted, whatever their priority", () =>
    Effect.gen(function* () {
      yield* withoutJobs
      const onTable = { mode: "append", tableName: TableName.make("ordered") } as const
      const first = yield* createAs("a", { options: onTable })
      const urgent = yield* createAs("a", { options: { ...onTable, priority: 100 } })
      assert.deepStrictEqual(yield* claimedIds(2), [first])
      const waiting = yield* Effect.flatMap(Jobs, (jobs) => jobs.find(urgent))
      assert.strictEqual(Option.getOrThrow(waiting).waiting?.reason, "table")
    }),
  )

  it.effect("a retry keeps its place among the jobs of its caller", () =>
    Effect.gen(function* () {
      yield* withoutJobs
      const queue = yield* JobQueue
      const first = yield* createAs("a")
      const [claimed] = yield* queue.claim(1)
      yield* createAs("a")
      yield* queue.retry(claimed!.claim, Duration.zero)
      assert.deepStrictEqual(yield* claimedIds(1), [first])
    }),
  )

  it.effect("a waiting job has its position and an estimate of its start", () =>
    Effect.gen(function* () {
      yield* withoutJobs
      const sql = yield* PgClient.PgClient
      const jobs = yield* Jobs
      const waitingOf = (jobId: JobId) =>
        Effect.map(jobs.find(jobId), (job) => Option.getOrThrow(job).waiting)
      yield* enqueueMany("flooder", 2000)
      const first = yield* createAs("other")
      const second = yield* createAs("other")
      yield* sql`update sluice.job set finished_at = null where finished_at > now() - interval '2 minutes'`
      assert.deepStrictEqual(yield* waitingOf(first), {
        reason: "slot",
        position: 1,
        estimatedStartAt: null,
        heldUntil: null,
      })
      assert.strictEqual((yield* waitingOf(second))?.position, 3)
      const last = yield* createAs("flooder")
      assert.strictEqual((yield* waitingOf(last))?.position, 1001)
      // Ten jobs have ended in ten seconds.
      for (let n = 0; n < 10; n++) {
        const ended = yield* createAs("ended")
        yield* sql`update sluice.job set final_state = 'completed', finished_at = now() - interval '1 s' where id = ${ended}`
        yield* sql`delete from boss.job_common where id = ${ended}`
      }
      const estimate = (yield* waitingOf(second))?.estimatedStartAt
      assert.isNotNull(estimate)
      assert.include(yield* claimedIds(2), first)
      assert.isNull(yield* waitingOf(first))
    }),
  )
})
