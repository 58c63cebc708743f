import { assert, it } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Client } from "pg"
import { LoadConnections } from "../../../../src/Layers/database/session/LoadConnections.ts"
import * as Database from "../../../../src/Layers/database/postgres/Database.ts"
import { DatabaseServer } from "../../../../src/Layers/database/postgres/DatabaseServer.ts"
import * as Migrations from "../../../../src/Layers/database/migrations/Migrations.ts"
import { PgBossClient } from "../../../../src/Layers/database/queue/PgBossClient.ts"
import { RespondingTargets } from "../../../../src/Layers/database/liveness/RespondingTargets.ts"
import { ReplicaSession } from "../../../../src/Layers/database/liveness/ReplicaSession.ts"
import * as TestBackend from "../../../support/TestBackend.ts"
import { TestDatabase } from "../../../support/TestDatabase.ts"

const pools = Layer.mergeAll(PgBossClient.layer, ReplicaSession.layer, LoadConnections.layer).pipe(
  Layer.provide(RespondingTargets.layer),
  Layer.provideMerge(Migrations.layer),
  Layer.provideMerge(Database.layer({ applicationName: "sluice", maxConnections: 2 })),
  Layer.provideMerge(TestBackend.config({})),
)

/** The setting on a connection of each pool. */
const onEachPool = Effect.fnUntraced(function* (setting: string) {
  const statement = `select current_setting('${setting}') as setting`
  const sql = yield* PgClient.PgClient
  const boss = yield* PgBossClient
  const { checkout } = yield* LoadConnections
  const replica = yield* ReplicaSession
  const rows = yield* Effect.all([
    sql.unsafe(statement),
    Effect.promise(() => boss.getDb().executeSql(statement)).pipe(Effect.map(({ rows }) => rows)),
    Effect.scoped(
      Effect.flatMap(checkout(), ({ client }) => Effect.promise(() => client.query(statement))),
    ).pipe(Effect.map(({ rows }) => rows)),
    Effect.map(
      replica.run("ask", ({ client }) => client.query(statement)),
      ({ rows }) => rows,
    ),
  ])
  return rows.map(([row]) => row.setting)
})

const settingsOfDatabaseAndRole = `
  do $do$ begin
    execute format('alter database %I set search_path = public, pg_catalog', current_database());
    execute format('alter role %I in database %I set search_path = public, pg_catalog', current_user, current_database());
  end $do$`

it.live("every connection has Sluice's search_path, regardless of the database and the role", () =>
  Effect.gen(function* () {
    const { url } = yield* TestDatabase
    yield* Effect.promise(async () => {
      const client = new Client({ connectionString: Redacted.value(url) })
      await client.connect()
      await client.query(settingsOfDatabaseAndRole)
      await client.end()
    })
    const paths = yield* onEachPool("search_path").pipe(
      Effect.provide(Layer.provide(pools, DatabaseServer.layerUrl(url))),
    )
    assert.deepStrictEqual(paths, Array(4).fill("pg_catalog,pg_temp"))
  }).pipe(Effect.provide(TestDatabase.layer)),
)

it.live("options in DATABASE_URL are added to the session settings and override none", () =>
  Effect.gen(function* () {
    const { url } = yield* TestDatabase
    const given = new URL(Redacted.value(url))
    given.searchParams.set("options", "-c search_path=public -c lock_timeout=0 -c work_mem=5MB")
    const settings = yield* Effect.all([
      onEachPool("search_path"),
      onEachPool("lock_timeout"),
      onEachPool("work_mem"),
    ]).pipe(Effect.provide(Layer.provide(pools, DatabaseServer.layerUrl(Redacted.make(given.href)))))
    assert.deepStrictEqual(settings, [
      Array(4).fill("pg_catalog,pg_temp"),
      ["3s", "3s", "5s", "3s"],
      Array(4).fill("5MB"),
    ])
  }).pipe(Effect.provide(TestDatabase.layer)),
)
