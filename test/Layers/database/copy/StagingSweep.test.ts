import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Client } from "pg"
import { JobQueue } from "../../../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import { sweep } from "../../../../src/Layers/database/copy/StagingSweep.ts"
import { attemptTable } from "../../../../src/Layers/database/target/AttemptTable.ts"
import { expectedLogs } from "../../../support/expectedLogs.ts"
import * as TestBackend from "../../../support/TestBackend.ts"
import { TestDatabase } from "../../../support/TestDatabase.ts"

const claimed = Effect.gen(function* () {
  const jobs = yield* Jobs
  const queue = yield* JobQueue
  const { jobId } = yield* jobs.create({ fileUrl: SourceUrl.make("http://files.example/a.csv"), options: {} })
  const claims = yield* queue.claim(100)
  const claim = claims.find(({ claim }) => claim.jobId === jobId)?.claim
  return claim ?? (yield* Effect.die("the job was not claimed"))
})

const fill = Effect.fnUntraced(function* (name: string) {
  const sql = yield* PgClient.PgClient
  yield* sql`create table ${sql("sluice")}.${sql(name)} as select 1 as n`
  return name
})

const left = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const tables = yield* sql<{ name: string }>`
    select relname as name from pg_class where relkind = 'r' and relnamespace = 'sluice'::regnamespace`
  return tables.map(({ name }) => name)
})

layer(Layer.provideMerge(TestBackend.layer(), expectedLogs("dropped a staging table of a crashed worker")), {
  excludeTestServices: true,
  timeout: Duration.seconds(60),
})("the sweep of staging tables", (it) => {
  it.effect("drops tables whose claims do not hold, and keeps all others", () =>
    Effect.gen(function* () {
      const claim = yield* claimed
      const held = yield* fill(attemptTable(claim))
      const lapsed = yield* fill(attemptTable({ ...claim, retryCount: 7 }))
      const unknown = yield* fill("load 00000000-0000-4000-8000-000000000000 0")
      const foreign = yield* fill("load of hay")
      yield* sweep()
      const tables = yield* left
      assert.includeMembers(tables, [held, foreign, "job", "migration"])
      assert.notInclude(tables, lapsed)
      assert.notInclude(tables, unknown)
    }),
  )

  it.effect("does not wait for a table that is still written to, and drops it the next time", () =>
    Effect.gen(function* () {
      const { url } = yield* TestDatabase
      const table = yield* fill("load 00000000-0000-4000-8000-000000000001 0")
      const writer = yield* Effect.acquireRelease(
        Effect.promise(async () => {
          const client = new Client({ connectionString: Redacted.value(url) })
          await client.connect()
          await client.query(`begin; insert into sluice."${table}" values (2)`)
          return client
        }),
        (client) => Effect.promise(() => client.end()),
      )
      yield* sweep()
      assert.include(yield* left, table)
      yield* Effect.promise(() => writer.query("rollback"))
      yield* sweep()
      assert.notInclude(yield* left, table)
    }),
  )
})
