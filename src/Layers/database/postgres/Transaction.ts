import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as SqlClient from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"

/**
 * The failure of a rollback. The client dies of it, and of what the effect had failed with, which may be any tagged
 * error; a defect among them that is none is one.
 */
const ofTheRollback = (cause: Cause.Cause<unknown>): SqlError | undefined => {
  const defects = cause.reasons.filter(Cause.isDieReason).map(({ defect }) => defect)
  const areFailures = defects.every((defect) => Predicate.hasProperty(defect, "_tag"))
  return areFailures && !Cause.hasInterrupts(cause) ? defects.findLast(isSqlError) : undefined
}

/**
 * Runs the effect in a transaction. One whose connection is lost cannot be rolled back, of which the client dies: it
 * is rolled back by the server all the same, so that here the loss is a failure like any other.
 */
export const inTransaction = <A, E, R>(
  sql: SqlClient.SqlClient,
  effect: Effect.Effect<A, E, R>,
): Effect.Effect<A, E | SqlError, R> =>
  Effect.catchCause(sql.withTransaction(effect), (cause) => {
    const lost = ofTheRollback(cause)
    return lost === undefined ? Effect.failCause(cause) : Effect.fail(lost)
  })
