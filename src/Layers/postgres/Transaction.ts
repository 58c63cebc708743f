import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"

/**
 * Runs the effect in a transaction. One whose connection is lost cannot be rolled back, of which the client dies: it
 * is rolled back by the server all the same, so that here the loss is a failure like any other.
 */
export const inTransaction = <A, E, R>(
  sql: SqlClient.SqlClient,
  effect: Effect.Effect<A, E, R>,
): Effect.Effect<A, E | SqlError, R> =>
  Effect.catchDefect(sql.withTransaction(effect), (defect) =>
    isSqlError(defect) ? Effect.fail(defect) : Effect.die(defect),
  )
