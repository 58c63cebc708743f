import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { grantRights } from "./database/migrations/databaseRoles.ts"
import { databaseRoles, readersRole, tablesRole } from "./database/postgres/DatabaseRole.ts"
import * as Migrations from "./database/migrations/Migrations.ts"
import * as Database from "./database/postgres/Database.ts"
import { StartRefused } from "./database/postgres/StartRefused.ts"
import { inTransaction } from "./database/postgres/Transaction.ts"
import { PgBossClient } from "./database/queue/PgBossClient.ts"
import { AppConfig } from "./process/AppConfig.ts"

/**
 * Migrates the schemas of Sluice and pg-boss, and then gives the roles of API and worker their rights. Returns whether these
 * roles exist.
 */
export const migrateAndGrant = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { targetSchema, targetSchemas } = yield* AppConfig
  const { api, worker } = databaseRoles
  const roles = [api, worker, tablesRole, readersRole]
  const found = yield* sql`select from pg_roles where rolname = any (${roles}::text[])`
  const hasRoles = found.length > 0
  if (hasRoles && found.length < roles.length)
    return yield* new StartRefused({
      message: `Not all of the roles ${roles.join(", ")} exist. Run npm run db:roles as an administrator first.`,
    })
  if (hasRoles)
    yield* inTransaction(
      sql,
      Effect.forEach(grantRights([targetSchema, ...targetSchemas]), (statement) => sql.unsafe(statement), {
        discard: true,
      }),
    )
  return { hasRoles }
}).pipe(
  Effect.provide(
    PgBossClient.layer.pipe(
      Layer.provideMerge(Migrations.layer),
      Layer.provideMerge(Database.layer({ applicationName: "sluice migrate", maxConnections: 2 })),
    ),
  ),
)
