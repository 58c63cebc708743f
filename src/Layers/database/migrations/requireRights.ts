import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { quoteIdentifier } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { StartRefused } from "../postgres/StartRefused.ts"

/** Whether the role may create schemas in the database, as migrations and pg-boss's own do. */
export const mayCreateSchemas = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [found] = yield* sql<{ may: boolean }>`
    select has_database_privilege(current_database(), 'CREATE') as may`
  return found?.may === true
})

/** What the owner of a database runs so that a role may create schemas in it. */
export const grantOfSchemas = ({
  database,
  role,
}: {
  readonly database: string
  readonly role: string
}): string => `GRANT CREATE ON DATABASE ${quoteIdentifier(database)} TO ${quoteIdentifier(role)}`

/** Fails unless the role may create the schema, which does not exist. */
export const requireRightToCreate = Effect.fnUntraced(function* (schema: string) {
  if (yield* mayCreateSchemas) return undefined
  const sql = yield* SqlClient.SqlClient
  const [found] = yield* sql<{ role: string; database: string }>`
    select current_user as role, current_database() as database`
  if (found === undefined) return undefined
  return yield* new StartRefused({
    message: `The database role may not create the schema ${schema} in the database ${found.database}. Run as the owner: ${grantOfSchemas(found)}`,
  })
})

/** Fails unless the role may use the schema, which exists, and create tables in it. */
export const requireSchemaRights = Effect.fnUntraced(function* (schema: string) {
  const sql = yield* SqlClient.SqlClient
  const [found] = yield* sql<{ role: string; mayCreate: boolean }>`
    select current_user as role,
      has_schema_privilege(oid, 'CREATE') and has_schema_privilege(oid, 'USAGE') as "mayCreate"
    from pg_namespace where nspname = ${schema}`
  if (found === undefined || found.mayCreate) return undefined
  const grant = `GRANT USAGE, CREATE ON SCHEMA ${quoteIdentifier(schema)} TO ${quoteIdentifier(found.role)}`
  return yield* new StartRefused({
    message: `The database role may not create tables in the schema ${schema}. Run as the owner: ${grant}`,
  })
})
