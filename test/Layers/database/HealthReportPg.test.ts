import { assert, layer } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { HealthReport } from "../../../src/Domain/service/HealthSummary.ts"
import { JobQueue } from "../../../src/Domain/job/JobQueue.ts"
import { fillJobs } from "../../support/fillJobs.ts"
import * as TestBackend from "../../support/TestBackend.ts"

layer(TestBackend.layer({ WORKER_CONCURRENCY: "7" }), {
  excludeTestServices: true,
  timeout: Duration.seconds(60),
})("the summary of the service", (it) => {
  it.effect("has the queue, recent results, and the worker that takes jobs, with its slots and age", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const health = yield* HealthReport
      const empty = yield* health.read
      assert.deepStrictEqual(empty.replicas, [])
      assert.deepStrictEqual(empty.queue, {
        waiting: 0,
        waitingForHost: 0,
        waitingForTarget: 0,
        retrying: 0,
        active: 0,
        oldestAge: 0,
      })
      const before = DateTime.nowUnsafe()
      // A worker that has died without removing its row.
      yield* sql`insert into sluice.worker (replica, slots, started_at) values (999, 5, now())`
      yield* (yield* JobQueue).claim(1, { suspects: true, slots: 7 })
      yield* fillJobs(sql, 2000)
      yield* sql`update sluice.job set finished_at = now(), rows_loaded = 3 where final_state is not null and id in (
        select id from sluice.job where final_state is not null order by created_at limit 100
      )`
      const replica = (yield* sql<{ replica: number }>`select replica from sluice.worker`)[0]?.replica ?? 0
      yield* sql`update sluice.claim set replica = ${replica} where job_id in (
        select id from boss.job_common where state = 'active'
      )`
      yield* sql`update sluice.job set attempt_started_at = now() - interval '10 s', reported_at = now(), rows_loaded = 500
        where id in (select job_id from sluice.claim where replica is not null)`
      // Clients within a second share a reading.
      yield* Effect.sleep("1 second")
      const { queue, recent, replicas, rowsPerSecond } = yield* health.read
      assert.strictEqual(queue.active, 2)
      assert.strictEqual(queue.waiting + queue.retrying, 4)
      assert.isAbove(queue.oldestAge, 1000)
      assert.lengthOf(replicas, 1)
      assert.deepInclude({ ...replicas[0] }, { replica, slots: 7, used: 2, draining: false })
      const { startedAt } = replicas[0] ?? assert.fail("there is no worker")
      assert.isNotNull(startedAt)
      assert.isBelow(Math.abs(DateTime.toEpochMillis(startedAt) - DateTime.toEpochMillis(before)), 30_000)
      assert.strictEqual(rowsPerSecond, 100)
      assert.strictEqual(recent.completed + recent.failed + recent.cancelled, 100)
      assert.strictEqual(recent.failed, 1)
      assert.strictEqual(recent.rowsLoaded, 3 * recent.completed)
    }),
  )
})
