import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Migrator from "effect/sql/Migrator"
import * as SqlClient from "effect/sql/SqlClient"
import { AppConfig } from "../AppConfig.ts"
import job from "../migrations/0001_job.ts"

/**
 * Brings the schema `sluice` up to date and makes sure that the target schema exists. Safe to run from many
 * processes at once: an advisory lock lets one of them work while the others wait.
 */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { targetSchema } = yield* AppConfig
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* sql`select pg_advisory_xact_lock(hashtext('sluice migrations'))`
        yield* sql`create schema if not exists sluice`
        yield* Migrator.make({})({
          loader: Migrator.fromRecord({ "0001_job": job }),
          table: "sluice.migration",
        })
        const [known] = yield* sql<{ known: boolean }>`
          select exists (select 1 from pg_namespace where nspname = ${targetSchema}) as known`
        if (known?.known !== true) yield* sql`create schema if not exists ${sql(targetSchema)}`
      }),
    )
  }),
)
