import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as SqlClient from "effect/sql/SqlClient"
import { readRoleOf } from "../postgres/DatabaseRole.ts"
import { openPool } from "../postgres/Database.ts"
import { DatabaseServer } from "../postgres/DatabaseServer.ts"
import { detectDeadClient } from "../settings/SessionSettings.ts"

/** Longest time for all statements of a page. */
export const PageTimeout = Context.Reference("sluice/Layers/rows/PageTimeout", {
  defaultValue: () => Duration.seconds(10),
})

/** Connections for pages of rows in one process. Slow pages wait for each other, and for nobody else. */
const maxConnections = 4

/**
 * Settings of the sessions that read loaded tables for callers. Values are written the same way whatever the database's own settings
 * are.
 */
export const readingSettings = (user: string): Readonly<Record<string, string>> => {
  const role = readRoleOf(user)
  return {
    ...detectDeadClient,
    ...(role === undefined ? {} : { role }),
    default_transaction_read_only: "on",
    default_transaction_isolation: "repeatable read",
    datestyle: "ISO",
    intervalstyle: "postgres",
    timezone: "UTC",
    extra_float_digits: "1",
    bytea_output: "hex",
    // A policy must not hide rows: the statement fails instead.
    row_security: "off",
    jit: "off",
  }
}

/**
 * Connections on which callers read the rows of loaded tables. Their role can read the tables that loads have made, and those of other
 * programs after a grant; whose the rows are is checked before.
 */
export class ReadingPool extends Context.Service<ReadingPool, SqlClient.SqlClient>()(
  "sluice/Layers/rows/ReadingPool",
) {
  static readonly layer = Layer.effect(
    ReadingPool,
    Effect.gen(function* () {
      const server = yield* DatabaseServer
      return yield* openPool(server, {
        applicationName: "sluice rows",
        settings: {
          ...readingSettings(server.user),
          // For the statements before those that have what is left of this time.
          statement_timeout: String(Duration.toMillis(yield* PageTimeout)),
          lock_timeout: "5s",
        },
        maxConnections,
        // Each caller's statements have a text of their own.
        prepare: false,
      })
    }),
  ).pipe(Layer.provide(Reactivity.layer))
}
