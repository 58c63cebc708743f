import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { SqlError } from "effect/sql/SqlError"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { isOfTheStatement, unavailable } from "./DatabaseFailure.ts"
import { DatabaseUrl } from "./DatabaseUrl.ts"
import { withSettings } from "./SessionSettings.ts"
import { waitingForDatabase } from "./WaitForDatabase.ts"

/** Where spans say that statements went. */
const spanAttributes = (url: Redacted.Redacted) => {
  const parsed = URL.parse(Redacted.value(url))
  return parsed === null
    ? {}
    : {
        "server.address": parsed.hostname,
        "server.port": Number(parsed.port || 5432),
        "db.namespace": parsed.pathname.slice(1),
      }
}

/**
 * The SQL client for everything but COPY, which its driver refuses. Building the layer waits for a database
 * that is not up yet, with one warning a second; wrong credentials fail at once.
 *
 * @param maxConnections size of the pool; a LISTEN holds one of them
 */
export const layer = (options: { readonly applicationName: string; readonly maxConnections: number }) =>
  PgClient.layerFrom(
    Effect.gen(function* () {
      const url = yield* DatabaseUrl
      const sql = yield* waitingForDatabase(
        PgClient.make({
          // A row that somebody holds must not use up the pool: whoever waits for it is told to come again.
          url: Redacted.make(withSettings(url, { lock_timeout: "3s" })),
          spanAttributes: spanAttributes(url),
          connectTimeout: "3 seconds",
          ...options,
        }),
      )
      yield* waitingForDatabase(sql`select 1`)
      return sql
    }),
  )

/**
 * Maps a statement's failure to `ServiceUnavailable`. A mistake in the statement itself is a defect of ours,
 * not the database's state, and dies.
 */
export const orUnavailable =
  (operation: string) =>
  <A, E, R>(
    effect: Effect.Effect<A, E | SqlError, R>,
  ): Effect.Effect<A, Exclude<E, SqlError> | ServiceUnavailable, R> =>
    Effect.catchIf(
      effect,
      (error): error is Extract<E | SqlError, SqlError> =>
        typeof error === "object" && error !== null && "_tag" in error && error._tag === "SqlError",
      (error) => (isOfTheStatement(error) ? Effect.die(error) : Effect.fail(unavailable(operation, error))),
    ) as Effect.Effect<A, Exclude<E, SqlError> | ServiceUnavailable, R>
