import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { quoteIdentifier } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { MissingRight } from "../postgres/MissingRight.ts"

const missing = (what: string, grant: string) =>
  Effect.fail(new MissingRight({ message: `The database role may not ${what}. Run as the owner: ${grant}` }))

/** Fails unless the role may create schemas in the database, which pg-boss needs at every start. */
export const requireDatabaseRights = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [found] = yield* sql<{ role: string; database: string; mayCreate: boolean }>`
    select current_user as role, current_database() as database,
      has_database_privilege(current_database(), 'CREATE') as "mayCreate"`
  if (found === undefined || found.mayCreate) return undefined
  const { database, role } = found
  return yield* missing(
    `create schemas in the database ${database}`,
    `GRANT CREATE ON DATABASE ${quoteIdentifier(database)} TO ${quoteIdentifier(role)}`,
  )
})

/** Fails unless the role may use the schema, which exists, and create tables in it. */
export const requireSchemaRights = Effect.fnUntraced(function* (schema: string) {
  const sql = yield* SqlClient.SqlClient
  const [found] = yield* sql<{ role: string; mayCreate: boolean }>`
    select current_user as role,
      has_schema_privilege(oid, 'CREATE') and has_schema_privilege(oid, 'USAGE') as "mayCreate"
    from pg_namespace where nspname = ${schema}`
  if (found === undefined || found.mayCreate) return undefined
  return yield* missing(
    `create tables in the schema ${schema}`,
    `GRANT USAGE, CREATE ON SCHEMA ${quoteIdentifier(schema)} TO ${quoteIdentifier(found.role)}`,
  )
})
