import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { JobQueue } from "../../../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import * as JobFenceApart from "../../../../src/Layers/database/fence/JobFenceApart.ts"
import * as JobQueuePgBoss from "../../../../src/Layers/database/JobQueuePgBoss.ts"
import * as JobsPg from "../../../../src/Layers/database/JobsPg.ts"
import { endByQueue } from "../../../../src/Layers/database/jobs/ending/endByQueue.ts"
import * as Reaper from "../../../../src/Layers/database/liveness/Reaper.ts"
import { RespondingTargets } from "../../../../src/Layers/database/liveness/RespondingTargets.ts"
import { ReplicaSession } from "../../../../src/Layers/database/liveness/ReplicaSession.ts"
import * as Migrations from "../../../../src/Layers/database/migrations/Migrations.ts"
import * as Database from "../../../../src/Layers/database/postgres/Database.ts"
import { DatabaseServer } from "../../../../src/Layers/database/postgres/DatabaseServer.ts"
import { Fleet } from "../../../../src/Layers/database/liveness/Fleet.ts"
import { RequestPool } from "../../../../src/Layers/database/postgres/RequestPool.ts"
import { SignalSender } from "../../../../src/Layers/database/queue/SignalSender.ts"
import { Notifications } from "../../../../src/Layers/database/queue/Notifications.ts"
import { PgBossClient } from "../../../../src/Layers/database/queue/PgBossClient.ts"
import * as TestBackend from "../../../support/TestBackend.ts"
import { TestDatabase } from "../../../support/TestDatabase.ts"

/** Jobs and their queue, without a reaper: the test starts one on its own clock. */
const withoutReaper = JobsPg.layer.pipe(
  Layer.provide([RequestPool.layer, JobFenceApart.layer]),
  Layer.provideMerge(
    Layer.provide(JobQueuePgBoss.layer, [ReplicaSession.layer, Notifications.layer, SignalSender.layer]),
  ),
  Layer.provideMerge(PgBossClient.layer),
  Layer.provideMerge(Fleet.layer),
  Layer.provide(RespondingTargets.layer),
  Layer.provideMerge(Migrations.layer),
  Layer.provideMerge(Database.layer({ applicationName: "sluice", maxConnections: 10 })),
  Layer.provideMerge(DatabaseServer.layerConfig),
  Layer.provideMerge(TestBackend.config({})),
  Layer.provideMerge(TestDatabase.layer),
)

/** A pool of its own: a query of the test on the connection of a check would hide that check. */
const observer = Layer.build(Database.layer({ applicationName: "sluice test", maxConnections: 1 })).pipe(
  Effect.map((context) => Context.get(context, PgClient.PgClient)),
)

interface Check {
  readonly isWaiting: boolean
  readonly isDone: boolean
  readonly start: Date
}

/** A check begins with the first of these statements, and ends with the second. */
const begins = "%select replica from%"
const ends = "%from sluice.claim left join%"

/** The checks of the reaper whose statement is the last of its connection, as the server sees them. */
const lastChecks = (sql: PgClient.PgClient, statement: string) => sql<Check>`
  select wait_event_type = 'Lock' as "isWaiting", state = 'idle' as "isDone", query_start as start
  from pg_stat_activity
  where datname = current_database() and application_name = 'sluice' and query like ${statement}
  order by query_start desc`

const checkBecomes = (sql: PgClient.PgClient, statement: string, isSo: (check: Check) => boolean) =>
  Effect.map(lastChecks(sql, statement), ([last]) => last).pipe(
    Effect.filterOrFail((found): found is Check => found !== undefined && isSo(found)),
    Effect.eventually,
    Effect.timeout("10 seconds"),
    TestClock.withLive,
  )

layer(withoutReaper, { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "a slow check for dead replicas",
  (it) => {
    it.effect("gives a replica half a second to get its lock back before the next check", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const watching = yield* observer
        const jobs = yield* Jobs
        const queue = yield* JobQueue
        const fileUrl = SourceUrl.make("http://files.example/tripsdata.csv")
        const { jobId } = yield* jobs.create({ fileUrl, options: {} })
        yield* queue.claim(1)
        const isLocked = yield* Latch.make(false)
        const mayCommit = yield* Latch.make(false)
        // The check waits for this transaction, in which the job's holder becomes a replica without a lock.
        const blocking = yield* Effect.forkChild(
          sql.withTransaction(
            Effect.gen(function* () {
              yield* sql`lock table sluice.claim in access exclusive mode`
              yield* sql`update sluice.claim set replica = 1000004 where job_id = ${jobId}`
              yield* isLocked.open
              yield* mayCommit.await
            }),
          ),
        )
        yield* isLocked.await
        yield* Layer.build(Reaper.layer(endByQueue))
        yield* checkBecomes(watching, begins, ({ isWaiting }) => isWaiting)
        yield* TestClock.adjust("1200 millis")
        yield* mayCommit.open
        yield* Fiber.join(blocking)
        const first = yield* checkBecomes(watching, ends, ({ isDone }) => isDone)
        yield* TestClock.adjust("499 millis")
        for (let n = 0; n < 20; n++) {
          // The pool may have used the first check's connection again; a second check would be later than the first.
          const later = (yield* lastChecks(watching, begins)).filter(({ start }) => start > first.start)
          assert.deepStrictEqual(later, [])
        }
        yield* TestClock.adjust("1 millis")
        yield* sql`select from sluice.claim where job_id = ${jobId} and replica is null`.pipe(
          Effect.filterOrFail((found) => found.length === 1),
          Effect.eventually,
          Effect.timeout("10 seconds"),
          TestClock.withLive,
        )
      }).pipe(Effect.provide(TestClock.layer())),
    )
  },
)
