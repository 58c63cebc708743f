import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { type LoadError, loadError } from "../../../../Domain/load/LoadError.ts"
import { failureCode } from "../../postgres/DatabaseFailure.ts"
import type { LoadSession } from "../../session/LoadSession.ts"

/** SQLSTATE `lock_not_available`: the wait took longer than `lock_timeout`. */
const lockNotAvailable = "55P03"
const deadlock = "40P01"

/** Each try waits for `lock_timeout`. In between, those who wait behind this lock get theirs. */
const retries = Schedule.spaced("1 second").pipe(Schedule.upTo({ times: 3 }))

const isBusy = ({ cause }: LoadError): boolean => failureCode(cause) === lockNotAvailable

const busy =
  (table: string) =>
  (error: LoadError): LoadError => {
    const code = failureCode(error.cause)
    return code === lockNotAvailable || code === deadlock
      ? loadError(
          "table_busy",
          `Another transaction held a lock on the table ${table} or its rows for too long. The load is tried again.`,
          { cause: error.cause },
        )
      : error
  }

/** Turns a lock that could not be had into `table_busy`. */
export const orBusy = (table: string) => Effect.mapError(busy(table))

/**
 * Locks a table until the end of the transaction, in a few tries. A try that fails leaves the transaction as it was.
 *
 * @param table as SQL writes it
 * @param mode Postgres's name of the lock
 */
export const lockTable = Effect.fn("CopySink.lock")(function* (
  session: LoadSession,
  table: string,
  mode: "row exclusive" | "share row exclusive" | "access exclusive",
) {
  yield* session.run("savepoint locking")
  yield* session.run(`lock table ${table} in ${mode} mode`).pipe(
    Effect.tapError((error) => (isBusy(error) ? session.run("rollback to savepoint locking") : Effect.void)),
    Effect.retry({ while: isBusy, schedule: retries }),
    orBusy(table),
  )
  yield* session.run("release savepoint locking")
})
