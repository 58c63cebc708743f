import { assert, it } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import { randomUUID } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { JobId } from "../../../../src/Domain/job/Job.ts"
import { JobQueue } from "../../../../src/Domain/job/JobQueue.ts"
import * as JobsBackend from "../../../../src/Layers/JobsBackend.ts"
import { DatabaseServer } from "../../../../src/Layers/database/postgres/DatabaseServer.ts"
import * as TcpProxy from "../../../support/TcpProxy.ts"
import { expectedLogs } from "../../../support/expectedLogs.ts"
import { enqueue } from "../../../support/enqueue.ts"
import * as TestBackend from "../../../support/TestBackend.ts"
import { TestDatabase } from "../../../support/TestDatabase.ts"

/** A proxy on which the next connection that returns a job to the queue goes dead in its transaction. */
const deadly = Effect.gen(function* () {
  const { url } = yield* TestDatabase
  let isArmed = false
  const line = yield* TcpProxy.make(Redacted.value(url), (connection) => ({
    toServer: (piece, deliver) => {
      if (!isArmed || !piece.includes("deleted_jobs")) return deliver(piece)
      isArmed = false
      connection.halfOpen()
    },
    toClient: (piece, deliver) => deliver(piece),
  }))
  const spoilt = Redacted.make(line.through(Redacted.value(url)))
  const services = yield* Layer.build(
    JobsBackend.layer.pipe(
      Layer.provide(DatabaseServer.layerUrl(spoilt)),
      Layer.provide(TestBackend.config({})),
      Layer.provide(expectedLogs("a background statement of the queue failed")),
    ),
  )
  yield* Effect.addFinalizer(() => line.cut)
  const arm = Effect.sync(() => {
    isArmed = true
  })
  return { services, arm, isArmed: () => isArmed }
})

it.live(
  "a settle on a dead connection can be interrupted and retried",
  () =>
    Effect.gen(function* () {
      const { arm, isArmed, services } = yield* deadly
      yield* Effect.gen(function* () {
        const queue = yield* JobQueue
        const sql = yield* PgClient.PgClient
        const jobId = JobId.make(randomUUID())
        yield* enqueue(jobId)
        const [found] = yield* queue.claim(1)
        if (found === undefined) return assert.fail("the job was not claimed")
        const release = sql.withTransaction(queue.release(found.claim))

        yield* arm
        const hanging = yield* Effect.forkDetach(Effect.timeout(release, "1 second"))
        const exit = yield* Effect.timeout(Fiber.await(hanging), "15 seconds")
        assert.isTrue(Exit.isFailure(exit))
        assert.isFalse(isArmed())
        assert.isTrue(yield* release)
      }).pipe(Effect.provide(services))
    }).pipe(Effect.provide(TestDatabase.layer)),
  60_000,
)
