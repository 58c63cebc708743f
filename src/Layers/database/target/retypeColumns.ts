import * as Effect from "effect/Effect"
import { type Column, type TypedColumn, typed } from "../../../Domain/load/Column.ts"
import { castText, type ColumnType } from "../../../Domain/load/ColumnType.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import { quoteIdentifier } from "../../../Domain/load/SqlIdentifier.ts"
import { failureCode } from "../postgres/DatabaseFailure.ts"
import type { LoadSession } from "../session/LoadSession.ts"

/** SQLSTATE `program_limit_exceeded`: a row does not fit in a page. */
const rowTooBig = "54000"

const alteration = ({ name, type }: TypedColumn): string => {
  const column = quoteIdentifier(name)
  return `alter column ${column} type ${type} using ${castText(column, type)}`
}

/** The types were inferred from these same values, so a value that does not fit is a bug of the inference. */
const explained = (error: LoadError): LoadError =>
  error.code === "target_rejected"
    ? loadError(
        "target_rejected",
        `The types inferred for the columns do not fit their values. Post the URL again with types=text. ${error.message}`,
        { cause: error.cause },
      )
    : error

/**
 * Changes the columns of a filled text table to their types and returns the columns. The table is not visible to
 * others yet, so Postgres rewrites it once in the load's own transaction. An interruption cancels the rewrite.
 *
 * All columns stay text if a row no longer fits in a page: numbers and times take 8 or 16 bytes where a short text
 * took 2, and unlike text they cannot be stored out of line.
 */
export const retypeColumns = Effect.fn("CopySink.retype")(function* (
  session: LoadSession,
  table: string,
  columns: ReadonlyArray<Column>,
  types: ReadonlyArray<ColumnType> | null,
): Effect.fn.Return<ReadonlyArray<TypedColumn>, LoadError> {
  const typedColumns = typed(columns, types)
  const alterations = typedColumns.filter(({ type }) => type !== "text").map(alteration)
  if (alterations.length === 0) return typedColumns
  return yield* session.run(`savepoint retyping; alter table ${table} ${alterations.join(", ")}`).pipe(
    Effect.as(typedColumns),
    Effect.catchIf(
      (error) => failureCode(error.cause) === rowTooBig,
      () => Effect.as(session.run("rollback to savepoint retyping"), typed(columns, null)),
    ),
    Effect.mapError(explained),
  )
})
