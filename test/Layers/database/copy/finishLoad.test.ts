import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as JobsBackend from "../../../../src/Layers/JobsBackend.ts"
import * as CopySinkPg from "../../../../src/Layers/database/CopySinkPg.ts"
import { DatabaseServer } from "../../../../src/Layers/database/postgres/DatabaseServer.ts"
import { jobOf, load, mixedBatch, running, tables } from "../../../support/SinkLoads.ts"
import { connections, DatabaseProxy } from "../../../support/DatabaseProxy.ts"
import * as TestBackend from "../../../support/TestBackend.ts"
import { TestDatabase } from "../../../support/TestDatabase.ts"

const overALine = (streams: string) =>
  CopySinkPg.layer(connections).pipe(
    Layer.provideMerge(JobsBackend.layer),
    Layer.provide(DatabaseServer.layerConfig),
    Layer.provideMerge(DatabaseProxy.layer),
    Layer.provideMerge(TestBackend.config({ COPY_STREAMS: streams })),
    Layer.provideMerge(TestDatabase.layer),
  )

const noTransactionIsOpen = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* sql`
    select from pg_stat_activity
    where datname = current_database() and application_name = 'sluice load' and state <> 'idle'`.pipe(
    Effect.repeat({ until: (open) => open.length === 0 }),
    Effect.timeout("10 seconds"),
  )
})

/** Alternates between real I/O and one second on the test clock until the fiber ends. Returns the seconds. */
const secondsUntilEnd = Effect.fnUntraced(function* <A, E>(fiber: Fiber.Fiber<A, E>) {
  let seconds = 0
  while (fiber.pollUnsafe() === undefined) {
    yield* TestClock.adjust("1 second")
    yield* Effect.promise(() => new Promise((resolve) => void setImmediate(resolve)))
    seconds++
  }
  return seconds
})

const withReject = { batch: mixedBatch(1, 10, (record) => record === 5), rows: 9 }
const cases = [
  { what: "a load", streams: "1", ...withReject },
  { what: "a load", streams: "3", ...withReject },
  { what: "a small load", streams: "1", batch: mixedBatch(1, 10, () => false), rows: 10 },
]

for (const { batch, rows, streams, what } of cases)
  layer(overALine(streams), { excludeTestServices: true, timeout: Duration.seconds(60) })(
    `the commit of ${what} over ${streams} connections`,
    (it) => {
      it.effect(
        "times out when the database hangs, although it is uninterruptible, and is whole when it goes on",
        () =>
          Effect.gen(function* () {
            const before = yield* tables
            const { attempt, jobId, queue } = yield* running
            const { pause, resume } = yield* DatabaseProxy
            const batches = Stream.make(batch)
            const isPaused = yield* Deferred.make<void>()
            const onSettling = Effect.andThen(pause, Deferred.succeed(isPaused, undefined))
            const loading = yield* Effect.forkChild(
              load(attempt, batches, { onSettling: Effect.asVoid(onSettling) }),
            )
            yield* Deferred.await(isPaused)
            const interrupting = yield* Effect.forkChild(Fiber.interrupt(loading))
            const seconds = yield* secondsUntilEnd(loading)
            yield* Fiber.join(interrupting)
            // 30 s for the commit, and the timeouts of the rollback and of dropping the staging table.
            assert.isAtLeast(seconds, 30)
            assert.isAtMost(seconds, 40)
            yield* resume
            yield* noTransactionIsOpen
            // The message that settles and commits had been sent, so the load is complete, and its claim is settled.
            const { progress, state, table } = yield* Effect.repeat(jobOf(jobId), {
              until: (job) => job.state !== "active",
            })
            assert.deepStrictEqual([state, progress.rowsLoaded], ["completed", rows])
            assert.deepStrictEqual(yield* queue.touch([attempt.claim]), [])
            const left = (yield* tables).filter((name) => !before.includes(name) && !name.startsWith("load "))
            assert.deepStrictEqual(left, [table])
            const again = yield* running
            assert.strictEqual(yield* load(again.attempt, batches), rows)
          }).pipe(Effect.provide(TestClock.layer())),
      )
    },
  )
