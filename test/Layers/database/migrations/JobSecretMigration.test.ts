import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { randomUUID } from "node:crypto"
import { migrations } from "../../../../src/Layers/database/migrations/MigrationStatements.ts"
import * as Database from "../../../../src/Layers/database/postgres/Database.ts"
import { DatabaseServer } from "../../../../src/Layers/database/postgres/DatabaseServer.ts"
import { PgBossClient } from "../../../../src/Layers/database/queue/PgBossClient.ts"
import { queueName } from "../../../../src/Layers/database/queue/queueTable.ts"
import * as TestBackend from "../../../support/TestBackend.ts"
import { TestDatabase } from "../../../support/TestDatabase.ts"

const Service = PgBossClient.layer.pipe(
  Layer.provideMerge(Database.layer({ applicationName: "test", maxConnections: 2 })),
  Layer.provide(DatabaseServer.layerConfig),
  Layer.provide(TestBackend.config({})),
  Layer.provide(TestDatabase.layer),
)

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "a migration to secrets",
  (it) => {
    it.effect("leaves waiting jobs with secrets to workers that know of them", () =>
      Effect.gen(function* () {
        const boss = yield* PgBossClient
        const sql = yield* SqlClient.SqlClient
        const steps = Object.entries(migrations(sql))
        const target = "0011_job_secret"
        yield* sql`create schema sluice`
        for (const [name, statements] of steps)
          if (name < target) yield* Effect.all(statements, { discard: true })

        const post = Effect.fnUntraced(function* (fileUrl: string, shownUrl: string, options: string) {
          const id = randomUUID()
          yield* sql`
          insert into sluice.job (id, file_url, shown_url, target_schema, table_name, created_at, options)
          values (${id}::uuid, ${fileUrl}::text, ${shownUrl}::text, 'public', ${id}::text, now(), ${options}::text::jsonb)`
          const message = { _tag: "QueuedLoad", version: 1, jobId: id, traceparent: null }
          yield* Effect.promise(() => boss.send(queueName, message, { id }))
          return id
        })
        const plain = yield* post("https://h.test/a.csv", "https://h.test/a.csv", "{}")
        const inQuery = yield* post("https://h.test/a.csv?pass=a1b2", "https://h.test/a.csv?pass=a1b2", "{}")
        const inUser = yield* post("https://u:a1b2@h.test/a.csv", "https://***@h.test/a.csv", "{}")
        const inHeader = yield* post(
          "https://h.test/b.csv",
          "https://h.test/b.csv",
          '{"headers":{"cookie":"a1b2"}}',
        )

        yield* sql.withTransaction(Effect.all(migrations(sql)[target], { discard: true }))

        const versions = yield* sql<{ id: string; version: number }>`
        select id, (data ->> 'version')::int as version from boss.job where name = ${queueName}`
        assert.deepStrictEqual(
          new Map(versions.map(({ id, version }) => [id, version])),
          new Map([
            [plain, 1],
            [inQuery, 2],
            [inUser, 2],
            [inHeader, 2],
          ]),
        )
        const records = yield* sql<{ text: string }>`select job::text as text from sluice.job`
        for (const { text } of records) assert.notInclude(text, "a1b2")
        const secrets = yield* sql<{ id: string }>`
        select job_id as id from sluice.job_secret where content like '%a1b2%'`
        assert.sameMembers(
          secrets.map(({ id }) => id),
          [inQuery, inUser, inHeader],
        )
      }),
    )
  },
)
