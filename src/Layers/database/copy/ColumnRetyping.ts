import * as Effect from "effect/Effect"
import { type TypedColumn, typed } from "../../../Domain/load/Column.ts"
import { castText } from "../../../Domain/load/ColumnType.ts"
import type { TableLoad } from "../../../Domain/job/CopySink.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import { quoteIdentifier } from "../../../Domain/load/SqlIdentifier.ts"
import { failureCode } from "../postgres/DatabaseFailure.ts"
import type { LoadSession } from "../session/LoadSession.ts"

/** SQLSTATE `program_limit_exceeded`: what Postgres says of a row that does not fit in a page. */
const rowTooBig = "54000"

const alteration = ({ name, type }: TypedColumn): string => {
  const column = quoteIdentifier(name)
  return `alter column ${column} type ${type} using ${castText(column, type)}`
}

/** The types were inferred from these very values: that they do not fit is a fault of the rule. */
const clearer = (error: LoadError): LoadError =>
  error.code === "target_rejected"
    ? loadError(
        "target_rejected",
        `The types inferred for the columns do not fit their values. Post the URL again with types=text. ${error.message}`,
        { cause: error.cause },
      )
    : error

/**
 * Gives the filled table's columns their types, and answers the columns as they are now. Nobody else sees the
 * table, so it is rewritten once, in the load's own transaction. May be interrupted: the rewrite is cancelled.
 *
 * A column of a fixed width takes eight or sixteen bytes of a row where a short text took two, and cannot be
 * stored elsewhere as a text can. If rows no longer fit in a page, all columns stay text.
 */
export const retype = Effect.fn("CopySink.retype")(function* (
  session: LoadSession,
  load: TableLoad,
  table: string,
): Effect.fn.Return<ReadonlyArray<TypedColumn>, LoadError> {
  const columns = typed(load.columns, load.columnTypes())
  const alterations = columns.filter(({ type }) => type !== "text").map(alteration)
  if (alterations.length === 0) return columns
  return yield* session.run(`savepoint retyping; alter table ${table} ${alterations.join(", ")}`).pipe(
    Effect.as(columns),
    Effect.catchIf(
      (error) => failureCode(error.cause) === rowTooBig,
      () => Effect.as(session.run("rollback to savepoint retyping"), typed(load.columns, null)),
    ),
    Effect.mapError(clearer),
  )
})
