import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as SqlClient from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"

/**
 * If ROLLBACK fails, SqlClient turns both that error and the original failure into defects. Returns the rollback's
 * SqlError, unless one of the defects is a real bug (not a tagged error).
 */
const rollbackError = (cause: Cause.Cause<unknown>): SqlError | undefined => {
  const defects = cause.reasons.filter(Cause.isDieReason).map(({ defect }) => defect)
  const areFailures = defects.every((defect) => Predicate.hasProperty(defect, "_tag"))
  return areFailures && !Cause.hasInterrupts(cause) ? defects.findLast(isSqlError) : undefined
}

/**
 * Runs the effect in a transaction. When the connection is lost, ROLLBACK fails too, but the server rolls back by itself,
 * so this fails with the `SqlError` instead of a defect.
 */
export const inTransaction = <A, E, R>(
  sql: SqlClient.SqlClient,
  effect: Effect.Effect<A, E, R>,
): Effect.Effect<A, E | SqlError, R> =>
  Effect.catchCause(sql.withTransaction(effect), (cause) => {
    const lost = rollbackError(cause)
    return lost === undefined ? Effect.failCause(cause) : Effect.fail(lost)
  })
