import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { DatabaseServer } from "../../../../src/Layers/database/postgres/DatabaseServer.ts"
import { PgBossClient } from "../../../../src/Layers/database/queue/PgBossClient.ts"
import { queueName } from "../../../../src/Layers/database/queue/queueTable.ts"
import { TestDatabase } from "../../../support/TestDatabase.ts"

/** Starts pg-boss on the test's database and stops it again. */
const withQueue = <A>(use: (boss: PgBossClient["Service"]) => Promise<A>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { url } = yield* TestDatabase
      const services = yield* Layer.build(
        Layer.fresh(PgBossClient.layer).pipe(Layer.provide(DatabaseServer.layerUrl(url))),
      )
      return yield* PgBossClient.use((boss) => Effect.promise(() => use(boss))).pipe(Effect.provide(services))
    }),
  )

it.live("a queue that an older version created gets this version's options", () =>
  Effect.gen(function* () {
    const options = { heartbeatSeconds: 10, expireInSeconds: 86_400, retryLimit: 1_000_000, retryDelay: 0 }
    const read = withQueue((boss) => boss.getQueue(queueName))
    assert.deepInclude(yield* read, options)
    yield* withQueue((boss) =>
      boss.updateQueue(queueName, { heartbeatSeconds: 60, expireInSeconds: 900, retryLimit: 2 }),
    )
    assert.deepInclude(yield* read, options)
  }).pipe(Effect.provide(TestDatabase.layer)),
)
