import * as Effect from "effect/Effect"
import { type TargetColumn, type TypedColumn, typed } from "../../../Domain/load/columns/Column.ts"
import { castText, type ColumnType } from "../../../Domain/load/columns/ColumnType.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import { quoteIdentifier } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { failureCode } from "../postgres/DatabaseFailure.ts"
import type { LoadSession } from "../session/LoadSession.ts"

/** SQLSTATE `program_limit_exceeded`: a row does not fit in a page. */
const rowTooBig = "54000"

const alteration = ({ name, type }: TypedColumn): string => {
  const column = quoteIdentifier(name)
  return `alter column ${column} type ${type} using ${castText(column, type)}`
}

/** Inferred types fit, because they were inferred from these same values. A type that the user gave may not. */
const explained = (error: LoadError): LoadError =>
  error.code === "target_rejected"
    ? loadError(
        "target_rejected",
        `The types inferred or given for the columns do not fit their values. Post the URL again with types=text, or other types in columns. ${error.message}`,
        { cause: error.cause },
      )
    : error

/**
 * Changes the columns of a filled text table to their types and returns the columns. The table is not visible to
 * others yet, so Postgres rewrites it once in the load's own transaction. An interruption cancels the rewrite.
 *
 * Columns without a type of the user stay text if a row no longer fits in a page: numbers and times take 8 or 16 bytes
 * where a short text took 2, and unlike text they cannot be stored out of line.
 *
 * @param types the types inferred for the columns; `null` if none were
 */
export const retypeColumns = Effect.fn("CopySink.retype")(function* (
  session: LoadSession,
  table: string,
  columns: ReadonlyArray<TargetColumn>,
  types: ReadonlyArray<ColumnType> | null,
): Effect.fn.Return<ReadonlyArray<TypedColumn>, LoadError> {
  const retype = Effect.fnUntraced(function* (typedColumns: ReadonlyArray<TypedColumn>) {
    const alterations = typedColumns.filter(({ type }) => type !== "text").map(alteration)
    if (alterations.length > 0)
      yield* session.run(`savepoint retyping; alter table ${table} ${alterations.join(", ")}`)
    return typedColumns
  })
  return yield* retype(typed(columns, types)).pipe(
    Effect.catchIf(
      (error) => types !== null && failureCode(error.cause) === rowTooBig,
      () => Effect.andThen(session.run("rollback to savepoint retyping"), retype(typed(columns, null))),
    ),
    Effect.mapError(explained),
  )
})
