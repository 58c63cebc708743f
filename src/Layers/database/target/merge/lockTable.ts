import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { ExistingTable } from "../../../../Domain/load/columns/target/ExistingTable.ts"
import { quoteIdentifier } from "../../../../Domain/load/columns/SqlIdentifier.ts"
import { type LoadError, loadError } from "../../../../Domain/load/LoadError.ts"
import { failureCode } from "../../postgres/DatabaseFailure.ts"
import type { LoadSession } from "../../session/LoadSession.ts"
import { qualified } from "../AttemptTable.ts"
import { readTable } from "../readTable.ts"

/** SQLSTATE `lock_not_available`: the wait took longer than `lock_timeout`. */
const lockNotAvailable = "55P03"
const deadlock = "40P01"
const undefinedTable = "42P01"

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
          `Another transaction held a lock on the table ${table} or its rows for too long. Another attempt may succeed.`,
          { cause: error.cause },
        )
      : error
  }

/** Turns a lock that could not be had into `table_busy`. */
export const orBusy = (table: string) => Effect.mapError(busy(table))

const changed = (table: string, cause?: unknown) =>
  loadError(
    "table_changed",
    `The table ${table} was changed or dropped while the file was loaded. Another attempt takes it as it is then.`,
    cause === undefined ? {} : { cause },
  )

const decode = Schema.decodeUnknownOption(ExistingTable)

/**
 * Locks a table until the end of the transaction, in a few tries. A try that fails leaves the transaction as it was.
 *
 * Fails with `table_changed` unless the table is as the load was planned for.
 *
 * @param mode Postgres's name of the lock
 * @param attempt the name of the attempt (`attemptTable`), so that its wait can be recognized in `pg_stat_activity`
 */
export const lockTable = Effect.fn("CopySink.lock")(function* (
  session: LoadSession,
  existing: ExistingTable,
  mode: "row exclusive" | "share row exclusive" | "access exclusive",
  attempt: string,
) {
  const table = qualified(existing.schema, existing.name)
  const savepoint = quoteIdentifier(attempt)
  yield* session.run(`savepoint ${savepoint}; lock table ${table} in ${mode} mode`).pipe(
    Effect.tapError((error) =>
      isBusy(error) ? session.run(`rollback to savepoint ${savepoint}`) : Effect.void,
    ),
    Effect.retry({ while: isBusy, schedule: retries }),
    orBusy(table),
    Effect.mapError((error) =>
      failureCode(error.cause) === undefinedTable ? changed(table, error.cause) : error,
    ),
  )
  yield* session.run(`release savepoint ${savepoint}`)
  const [found] = yield* session.select(readTable(existing.schema, existing.name))
  if (!Equal.equals(decode(found?.["table"]), Option.some(existing))) return yield* changed(table)
})
