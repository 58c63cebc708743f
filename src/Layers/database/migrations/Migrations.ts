import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Migrator from "effect/sql/Migrator"
import * as SqlClient from "effect/sql/SqlClient"
import { AppConfig } from "../../process/AppConfig.ts"
import { waitingForDatabase } from "../postgres/WaitForDatabase.ts"
import job from "./0001_job.ts"
import compression from "./0002_compression.ts"
import options from "./0003_options.ts"
import claim from "./0004_claim.ts"
import idempotencyKey from "./0005_idempotency_key.ts"
import retention from "./0006_retention.ts"
import resumes from "./0007_resumes.ts"
import { inTransaction } from "../postgres/Transaction.ts"

/** `create schema if not exists` needs the right to create even if the schema exists. A role may lack that right. */
const ensureSchema = Effect.fnUntraced(function* (name: string) {
  const sql = yield* SqlClient.SqlClient
  const found = yield* sql`select 1 from pg_namespace where nspname = ${name}`
  if (found.length === 0) yield* sql`create schema ${sql(name)}`
})

/**
 * Migrates the schema `sluice` and creates the target schema if it is missing. Many processes may run it at once: an
 * advisory lock makes the others wait for the first.
 */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { targetSchema } = yield* AppConfig
    yield* waitingForDatabase(
      inTransaction(
        sql,
        Effect.gen(function* () {
          // Wait without limit for another process that is migrating.
          yield* sql`set local lock_timeout = 0`
          yield* sql`select pg_advisory_xact_lock(hashtext('sluice migrations'))`
          yield* ensureSchema("sluice")
          yield* Migrator.make({})({
            loader: Migrator.fromRecord({
              "0001_job": job,
              "0002_compression": compression,
              "0003_options": options,
              "0004_claim": claim,
              "0005_idempotency_key": idempotencyKey,
              "0006_retention": retention,
              "0007_resumes": resumes,
            }),
            table: "sluice.migration",
          })
          yield* ensureSchema(targetSchema)
        }),
      ),
    )
  }),
)
