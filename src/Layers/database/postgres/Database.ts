import * as PgClient from "@effect/sql-pg/PgClient"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { isOfTheStatement, unavailable } from "./DatabaseFailure.ts"
import { type ConnectionOptions, DatabaseServer } from "./DatabaseServer.ts"
import { waitingForDatabase } from "./WaitForDatabase.ts"

/** A connection that nothing has used for this long is closed: others need it more. */
export const idleTimeout = Duration.seconds(10)

/**
 * The most connections of a process for everything but loads, pg-boss and reads of callers. One of them listens. A worker needs few: what
 * it sends takes milliseconds, and loads have connections of their own.
 */
export const MaxConnections = Context.Reference<number>("sluice/Layers/postgres/MaxConnections", {
  defaultValue: () => 10,
})

interface PoolOptions extends ConnectionOptions {
  readonly maxConnections: number
  /** Whether connections keep prepared statements, as they do by default. */
  readonly prepare?: boolean
}

/** A pool of connections to the server, for everything but COPY. Waits for the database if it is not up yet. */
export const openPool = (
  server: DatabaseServer["Service"],
  { maxConnections, prepare, ...connection }: PoolOptions,
) =>
  waitingForDatabase(PgClient.make({ ...server.sqlConfig(connection), maxConnections, prepare, idleTimeout }))

/**
 * The SQL client for everything but COPY, which its driver does not support. If the database is not up yet, the layer
 * waits for it.
 *
 * @param maxConnections size of the pool instead of `MaxConnections`; LISTEN holds one connection
 */
export const layer = (options: { readonly applicationName: string; readonly maxConnections?: number }) =>
  PgClient.layerFrom(
    Effect.gen(function* () {
      const server = yield* DatabaseServer
      const maxConnections = options.maxConnections ?? (yield* MaxConnections)
      const sql = yield* openPool(server, { ...options, maxConnections })
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
