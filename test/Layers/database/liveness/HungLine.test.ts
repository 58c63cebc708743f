import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import { randomUUID } from "node:crypto"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Redacted from "effect/Redacted"
import { JobId } from "../../../../src/Domain/job/Job.ts"
import { JobQueue } from "../../../../src/Domain/job/JobQueue.ts"
import * as JobsBackend from "../../../../src/Layers/JobsBackend.ts"
import { DatabaseServer } from "../../../../src/Layers/database/postgres/DatabaseServer.ts"
import { DatabaseProxy } from "../../../support/DatabaseProxy.ts"
import { expectedLogs } from "../../../support/expectedLogs.ts"
import { enqueue } from "../../../support/enqueue.ts"
import * as TestBackend from "../../../support/TestBackend.ts"
import { TestDatabase } from "../../../support/TestDatabase.ts"

const lineUrl = Layer.unwrap(
  Effect.gen(function* () {
    const { url } = yield* TestDatabase
    const { through } = yield* DatabaseProxy
    return DatabaseServer.layerUrl(Redacted.make(through(Redacted.value(url))))
  }),
)

/** A direct connection to the database, not through the proxy. */
class Operator extends Context.Service<Operator, PgClient.PgClient>()("sluice/test/HungLine/Operator") {
  static readonly layer = Layer.effect(
    Operator,
    TestDatabase.use(({ url }) => PgClient.make({ url })),
  ).pipe(Layer.provide(Reactivity.layer))
}

const Service = JobsBackend.layer.pipe(
  Layer.provide(lineUrl),
  Layer.provideMerge(DatabaseProxy.layer),
  Layer.provideMerge(Operator.layer),
  Layer.provideMerge(TestBackend.config({})),
  Layer.provideMerge(TestDatabase.layer),
  Layer.provideMerge(
    expectedLogs(
      "a background statement of the queue failed",
      "lost the replica's lock",
      "holds the replica's lock again",
      "dead workers are not detected",
      "over: dead workers are not detected",
      "returned a dead worker's jobs to the queue",
    ),
  ),
)

const claimed = Effect.gen(function* () {
  const queue = yield* JobQueue
  const jobId = JobId.make(randomUUID())
  yield* enqueue(jobId)
  const [found] = yield* queue.claim(1)
  if (found === undefined) return yield* Effect.die("the job was not claimed")
  return found.claim
})

/** Retries, because an attempt may get a dead connection. */
const soon = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(Effect.timeout("2 seconds"), Effect.eventually, Effect.timeout("30 seconds"))

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "a process whose database connections all go dead without closing",
  (it) => {
    it.effect(
      "takes its lock again, and can claim, renew claims and return jobs of dead workers",
      () =>
        Effect.gen(function* () {
          const queue = yield* JobQueue
          const operator = yield* Operator
          const line = yield* DatabaseProxy
          const claim = yield* claimed
          const session = operator<{ pid: number }>`
            select pid from pg_stat_activity
            where datname = current_database() and application_name = 'sluice replica'`
          const sessions = yield* session
          yield* Effect.addFinalizer(() => line.cut)
          for (const connection of line.connections()) connection.halfOpen()
          // The proxy keeps the server's side open, so the server's keep-alive would not end these sessions.
          for (const { pid } of sessions) yield* operator`select pg_terminate_backend(${pid})`

          // An API that receives uploads asks for its number all the time, which sends nothing.
          yield* queue.holder.pipe(
            Effect.ignore,
            Effect.andThen(Effect.sleep("100 millis")),
            Effect.forever,
            Effect.forkScoped,
          )
          yield* soon(
            Effect.filterOrFail(session, (found) => found.some(({ pid }) => pid !== sessions[0]?.pid)),
          )
          yield* soon(queue.touch([claim]))
          const { jobId } = yield* soon(claimed)
          yield* operator`update sluice.claim set replica = 1000001 where job_id = ${jobId}`
          const holder = operator<{ replica: number | null; crashes: number }>`
            select replica, crashes from sluice.claim where job_id = ${jobId}`
          const [given] = yield* soon(Effect.filterOrFail(holder, ([found]) => found?.replica === null))
          assert.strictEqual(given?.crashes, 1)
        }),
      120_000,
    )
  },
)
