import * as Effect from "effect/Effect"
import type { TypedColumn } from "../../../Domain/load/columns/Column.ts"
import type { ColumnChange } from "../../../Domain/load/columns/ColumnChange.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import { quoteIdentifier } from "../../../Domain/load/columns/SqlIdentifier.ts"
import type { LoadSession } from "../session/LoadSession.ts"

/** The values were examined before they were sent, so that only their size can exceed a limit of the new type. */
const explained = (error: LoadError): LoadError =>
  error.code === "target_rejected"
    ? loadError(
        "target_rejected",
        `The types inferred for the columns do not fit their values. Load the file again with types=text. ${error.message}`,
        { cause: error.cause },
      )
    : error

/**
 * Changes types of columns of a filled table and returns all columns. Nobody else can see the table yet, so Postgres rewrites
 * it once. An interruption cancels the rewrite.
 */
export const retypeColumns = Effect.fn("CopySink.retype")(function* (
  session: LoadSession,
  table: string,
  columns: ReadonlyArray<TypedColumn>,
  changes: ReadonlyArray<ColumnChange>,
): Effect.fn.Return<ReadonlyArray<TypedColumn>, LoadError> {
  if (changes.length === 0) return columns
  const retyped = [...columns]
  const alterations = changes.map(({ column, type, using }) => {
    const name = quoteIdentifier(columns[column]!.name)
    retyped[column] = { ...columns[column]!, type }
    return `alter column ${name} type ${type} using ${using(name)}`
  })
  yield* session.run(`alter table ${table} ${alterations.join(", ")}`).pipe(Effect.mapError(explained))
  return retyped
})
