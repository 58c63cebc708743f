import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { isOfTheStatement, unavailable } from "./DatabaseFailure.ts"
import { DatabaseUrl } from "./DatabaseUrl.ts"
import { withSettings } from "./SessionSettings.ts"
import { waitingForDatabase } from "./WaitForDatabase.ts"

/** Attributes of the spans of statements. */
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
 * The SQL client for everything but COPY, which its driver does not support. If the database is not up yet, the layer
 * waits for it and logs a warning every second. Wrong credentials fail at once.
 *
 * @param maxConnections size of the pool; LISTEN holds one connection
 */
export const layer = (options: { readonly applicationName: string; readonly maxConnections: number }) =>
  PgClient.layerFrom(
    Effect.gen(function* () {
      const url = yield* DatabaseUrl
      const sql = yield* waitingForDatabase(
        PgClient.make({
          url: Redacted.make(withSettings(url)),
          spanAttributes: spanAttributes(url),
          connectTimeout: "3 seconds",
          ...options,
        }),
      )
      yield* waitingForDatabase(sql`select 1`)
      return sql
    }),
  )

/** Maps a failed statement to `ServiceUnavailable`. An error in the statement itself is a bug, so it becomes a defect. */
export const orUnavailable =
  (operation: string) =>
  <A, E, R>(
    effect: Effect.Effect<A, E | SqlError, R>,
  ): Effect.Effect<A, Exclude<E, SqlError> | ServiceUnavailable, R> =>
    Effect.catchIf(
      effect,
      (error): error is Extract<E | SqlError, SqlError> => isSqlError(error),
      (error) => (isOfTheStatement(error) ? Effect.die(error) : Effect.fail(unavailable(operation, error))),
    ) as Effect.Effect<A, Exclude<E, SqlError> | ServiceUnavailable, R>
