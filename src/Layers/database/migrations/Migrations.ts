import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Record from "effect/Record"
import * as Migrator from "effect/sql/Migrator"
import * as SqlClient from "effect/sql/SqlClient"
import { quoteIdentifier } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { AppConfig } from "../../process/AppConfig.ts"
import { inTransaction } from "../postgres/Transaction.ts"
import { waitingForDatabase } from "../postgres/WaitForDatabase.ts"
import { StartRefused } from "../postgres/StartRefused.ts"
import { migrations } from "./MigrationStatements.ts"
import {
  grantOfSchemas,
  mayCreateSchemas,
  requireRightToCreate,
  requireSchemaRights,
} from "./requireRights.ts"

/** `create schema if not exists` needs the right to create even if the schema exists. A role may lack that right. */
export const ensureSchema = Effect.fnUntraced(function* (name: string) {
  const sql = yield* SqlClient.SqlClient
  const found = yield* sql`select 1 from pg_namespace where nspname = ${name}`
  if (found.length > 0) return
  yield* requireRightToCreate(name)
  yield* sql`create schema ${sql.literal(quoteIdentifier(name))}`
})

const migrate = Effect.fnUntraced(function* (targetSchema: string) {
  const sql = yield* SqlClient.SqlClient
  // Wait without limit for another process that is migrating.
  yield* sql`set local lock_timeout = 0`
  yield* sql`select pg_advisory_xact_lock(hashtext('sluice migrations'))`
  yield* ensureSchema("sluice")
  yield* requireSchemaRights("sluice")
  yield* Migrator.make({})({
    loader: Migrator.fromRecord(
      Record.map(migrations(sql), (statements) => Effect.all(statements, { discard: true })),
    ),
    table: "sluice.migration",
  })
  yield* ensureSchema(targetSchema)
  yield* requireSchemaRights(targetSchema)
})

/** The number of the migration that this version needs. */
const latest = (sql: SqlClient.SqlClient): number =>
  Math.max(...Object.keys(migrations(sql)).map((name) => Number.parseInt(name, 10)))

/** Fails unless the owner has migrated the database to this version. */
const requireMigrated = Effect.fnUntraced(function* (targetSchema: string) {
  const sql = yield* SqlClient.SqlClient
  const [found] = yield* sql<{ role: string; database: string; exists: boolean }>`
    select current_user as role, current_database() as database, to_regclass('sluice.migration') is not null
      and to_regclass('boss.version') is not null
      and exists (select from pg_namespace where nspname = ${targetSchema}) as exists`
  if (found === undefined) return undefined
  const [applied] = found.exists
    ? yield* sql<{ id: number }>`select max(migration_id)::int as id from sluice.migration`
    : []
  if ((applied?.id ?? 0) >= latest(sql)) return undefined
  return yield* new StartRefused({
    message: `The database is not prepared for this version: run npm run db:migrate with DATABASE_URL of the role that owns the schemas. Or let this role do it. Run as the owner: ${grantOfSchemas(found)}`,
  })
})

/**
 * Migrates the schema `sluice` and creates the target schema if it is missing. Many processes may run it at once: an
 * advisory lock makes the others wait for the first. A role that may not create schemas only checks that someone else has
 * migrated.
 */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { targetSchema } = yield* AppConfig
    yield* waitingForDatabase(
      inTransaction(
        sql,
        Effect.flatMap(mayCreateSchemas, (may) =>
          may ? migrate(targetSchema) : requireMigrated(targetSchema),
        ),
      ),
    )
  }),
)
