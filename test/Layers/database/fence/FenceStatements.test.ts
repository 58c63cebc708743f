import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { randomUUID } from "node:crypto"
import { JobId } from "../../../../src/Domain/job/Job.ts"
import * as FenceStatements from "../../../../src/Layers/database/fence/FenceStatements.ts"
import { migrateTarget } from "../../../../src/Layers/database/migrations/TargetMigrations.ts"
import { run } from "../../../../src/Layers/database/postgres/Statement.ts"
import { TestDatabase } from "../../../support/TestDatabase.ts"
import { type FenceRow, transitions } from "./fenceModel.ts"

const facts = {
  owner: "",
  target_schema: "public",
  table_name: "t",
  shown_url: "http://files.example/a.csv",
  other_urls: null,
}

const rows: ReadonlyArray<FenceRow | null> = [
  null,
  ...[-1, 0, 1, 2].flatMap((epoch) =>
    (["done", "cancelled", null] as const).map((state) => ({ epoch, state })),
  ),
]

/** Runs the statement for an attempt, and returns whether it succeeded. */
const statements = {
  raise: (jobId: JobId, retryCount: number) => FenceStatements.raise({ jobId, retryCount }, facts),
  revoke: (jobId: JobId, retryCount: number) => FenceStatements.revoke({ jobId, retryCount }),
  cancel: (jobId: JobId) => FenceStatements.cancel(jobId),
  finish: (jobId: JobId, retryCount: number) => ({
    text: FenceStatements.finish.statement,
    parameters: [jobId, retryCount, JSON.stringify({ rows_loaded: 1 })],
  }),
}

const Target = Layer.effectDiscard(
  migrateTarget({
    installation: randomUUID(),
    name: "default",
    setting: "TARGET_DATABASE_URL",
    targetSchema: "public",
  }),
).pipe(
  Layer.provideMerge(Layer.unwrap(TestDatabase.use(({ url }) => Effect.succeed(PgClient.layer({ url }))))),
  Layer.provide(TestDatabase.layer),
)

layer(Target, { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "the statements of the fence",
  (it) => {
    for (const name of ["raise", "finish", "cancel", "revoke"] as const)
      it.effect(`${name} does what the model of all interleavings assumes`, () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          for (const row of rows)
            for (const epoch of [0, 1, 2]) {
              const jobId = JobId.make(randomUUID())
              if (row !== null)
                yield* sql`
                insert into sluice.load (job_id, epoch, state, owner, target_schema, table_name, shown_url)
                values (${jobId}, ${row.epoch}, ${row.state}, '', 'public', 't', 'http://files.example/a.csv')`
              const succeeded = yield* run(sql, statements[name](jobId, epoch)).pipe(
                Effect.as(true),
                Effect.orElseSucceed(() => false),
              )
              const [left = null] =
                yield* sql<FenceRow>`select epoch, state from sluice.load where job_id = ${jobId}`
              const expected = transitions[name](row, epoch)
              const label = `${name}(${epoch}) of ${JSON.stringify(row)}`
              assert.deepStrictEqual(left, expected.row, label)
              assert.strictEqual(succeeded, expected.found !== null, label)
            }
        }),
      )
  },
)
