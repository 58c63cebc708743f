import { assert, it } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import { randomUUID } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { JobId } from "../../../../src/Domain/job/Job.ts"
import type { QueueSignal } from "../../../../src/Domain/job/JobQueue.ts"
import { notifications } from "../../../../src/Layers/database/queue/Notifications.ts"
import { notifyAll, notifyCancelled, signals } from "../../../../src/Layers/database/queue/Signals.ts"
import * as TcpProxy from "../../../support/TcpProxy.ts"
import { TestDatabase } from "../../../support/TestDatabase.ts"
import { TestLog } from "../../../support/TestLog.ts"

/** Signals received over a proxy that the test can break; `sql` uses a direct connection. */
const listening = Effect.gen(function* () {
  const { url } = yield* TestDatabase
  const sql = yield* PgClient.PgClient
  const line = yield* TcpProxy.make(Redacted.value(url))
  const heard = yield* Queue.unbounded<QueueSignal>()
  const spoilt = yield* Layer.build(
    PgClient.layer({ url: Redacted.make(line.through(Redacted.value(url))), maxConnections: 1 }),
  )
  yield* PgClient.PgClient.use((client) =>
    Stream.runForEach(
      signals(notifications(client), () => 7),
      (signal) => Queue.offer(heard, signal),
    ),
  ).pipe(Effect.provide(spoilt), Effect.forkScoped)
  assert.deepStrictEqual(yield* Queue.take(heard), { _tag: "Listening" })
  return { sql, line, hear: Queue.take(heard) }
})

const readyFor = (sql: PgClient.PgClient, replica: number) =>
  sql`select pg_notify('sluice', ${`ready ${replica}`})`

const Database = Layer.unwrap(TestDatabase.use(({ url }) => Effect.succeed(PgClient.layer({ url })))).pipe(
  Layer.provideMerge(TestDatabase.layer),
  Layer.provideMerge(TestLog.layer),
)

it.live("announced jobs and cancels are received, other payloads are ignored", () =>
  Effect.gen(function* () {
    const { hear, sql } = yield* listening
    const jobId = JobId.make(randomUUID())
    yield* sql`select pg_notify('sluice', 'cancelled everything')`
    yield* sql`select pg_notify('sluice', 'ready 1,8')`
    yield* readyFor(sql, 7)
    yield* notifyCancelled(sql, jobId)
    assert.deepStrictEqual(yield* hear, { _tag: "JobReady" })
    assert.deepStrictEqual(yield* hear, { _tag: "JobCancelled", jobId })
  }).pipe(Effect.provide(Database)),
)

it.live("an announcement is received when its transaction commits, not when it rolls back", () =>
  Effect.gen(function* () {
    const { hear, sql } = yield* listening
    yield* Effect.ignore(sql.withTransaction(Effect.andThen(readyFor(sql, 7), Effect.fail("no"))))
    const jobId = JobId.make(randomUUID())
    yield* sql.withTransaction(notifyCancelled(sql, jobId))
    assert.deepStrictEqual(yield* hear, { _tag: "JobCancelled", jobId })
  }).pipe(Effect.provide(Database)),
)

it.live("a lost connection is reopened as often as needed, and the outage is logged once", () =>
  Effect.gen(function* () {
    const { hear, line, sql } = yield* listening
    const { lines, logged } = yield* TestLog
    yield* line.close
    yield* logged(({ level, message }) => level === "DEBUG" && message.startsWith("not listening"))
    yield* line.open
    assert.deepStrictEqual(yield* hear, { _tag: "Listening" })
    yield* readyFor(sql, 7)
    assert.deepStrictEqual(yield* hear, { _tag: "JobReady" })
    const logLines = lines.filter(({ level }) => level !== "DEBUG" && level !== "TRACE")
    assert.deepStrictEqual(
      logLines.map(({ message }) => message),
      ["not listening for the queue's signals", "over: not listening for the queue's signals"],
    )
  }).pipe(Effect.provide(Database)),
)

it.live("as many replicas are signalled as there are jobs, first those with the fewest claims", () =>
  Effect.gen(function* () {
    const { url } = yield* TestDatabase
    const { hear, sql } = yield* listening
    yield* sql`create schema sluice`
    yield* sql`create table sluice.claim (replica integer)`
    yield* sql`create table sluice.worker (replica integer, slots integer)`
    yield* sql`insert into sluice.claim select * from unnest(array[7, 8, 8, 9, 9, null]::integer[])`
    yield* notifyAll(sql, 3, [])
    for (const replica of [7, 8, 9, 10]) {
      const session = yield* Layer.build(PgClient.layer({ url, maxConnections: 1 }))
      yield* PgClient.PgClient.use(
        (own) => own`select pg_advisory_lock(hashtext('sluice replica'), ${replica}::integer)`,
      ).pipe(Effect.provide(session))
    }
    // Nothing runs on this replica, but it is shutting down.
    yield* sql`select pg_advisory_lock(hashtext('sluice leaving'), 10)`
    // Someone else's lock, and a reaper's look at a dead replica.
    yield* sql`select pg_advisory_lock(7, 4), pg_advisory_lock_shared(hashtext('sluice replica'), 5)`
    const payloads = yield* Effect.flatMap(sql.listen("sluice"), (queue) =>
      Effect.gen(function* () {
        for (const jobs of [1, 99]) yield* notifyAll(sql, jobs, [])
        return [(yield* Queue.take(queue)).payload, (yield* Queue.take(queue)).payload]
      }),
    )
    assert.strictEqual(payloads[0], "ready 7")
    assert.include(["ready 7,8,9", "ready 7,9,8"], payloads[1])
    assert.deepStrictEqual([yield* hear, yield* hear], [{ _tag: "JobReady" }, { _tag: "JobReady" }])
  }).pipe(Effect.scoped, Effect.provide(Database)),
)
