import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { randomUUID } from "node:crypto"
import { Client } from "pg"
import { migrateAndGrant } from "../../src/Layers/migrateAndGrant.ts"
import { createRoles } from "../../src/Layers/database/migrations/databaseRoles.ts"
import { type DatabaseRole, databaseRoles } from "../../src/Layers/database/postgres/DatabaseRole.ts"
import { DatabaseServer } from "../../src/Layers/database/postgres/DatabaseServer.ts"
import { AppConfig } from "../../src/Layers/process/AppConfig.ts"

/** The password of all roles in tests. */
const password = "of a test"

/** The connection string for one of the service's roles. */
export const asRole = (url: string, role: DatabaseRole): string => {
  const other = new URL(url)
  other.username = databaseRoles[role]
  other.password = encodeURIComponent(password)
  return other.href
}

const query = async (url: string, statement: string): Promise<void> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/**
 * Makes a database that is migrated by its owner, where API and worker have their rights. A copy of it takes less time than
 * a migration.
 *
 * @param server connection string of a superuser
 */
export const makeTemplate = async (server: string): Promise<string> => {
  const database = `sluice_template_${randomUUID().replaceAll("-", "")}`
  await query(server, `create database ${database}`)
  const url = new URL(server)
  url.pathname = `/${database}`
  const passwords = { owner: password, api: password, worker: password }
  await query(url.href, createRoles({ database, schemas: ["public"], passwords, uploads: true }).join("; "))
  await Effect.runPromise(
    migrateAndGrant.pipe(
      Effect.provide(
        DatabaseServer.layerConfig.pipe(
          Layer.provideMerge(AppConfig.layer),
          Layer.provide(
            ConfigProvider.layer(ConfigProvider.fromUnknown({ DATABASE_URL: asRole(url.href, "owner") })),
          ),
        ),
      ),
    ),
  )
  return database
}

export const dropTemplate = (server: string, database: string): Promise<void> =>
  query(server, `drop database ${database} with (force)`)
