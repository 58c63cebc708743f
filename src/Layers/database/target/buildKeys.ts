import * as Effect from "effect/Effect"
import { quoteIdentifier } from "../../../Domain/load/columns/SqlIdentifier.ts"
import type { TableKeys } from "../../../Domain/load/columns/planKeys.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import { failureCode } from "../postgres/DatabaseFailure.ts"
import type { LoadSession } from "../session/LoadSession.ts"

const uniqueViolation = "23505"
const notNullViolation = "23502"

const listed = (columns: ReadonlyArray<string>): string => columns.map(quoteIdentifier).join(", ")

/** The values of a duplicate key, such as `(id)=(5)`, from the error's detail; empty if the server does not show them. */
const duplicateOf = (failure: unknown): string =>
  typeof failure === "object" && failure !== null && "detail" in failure
    ? (/\(.*\)=\(.*\)/s.exec(String(failure.detail))?.[0] ?? "")
    : ""

const violated =
  (columns: ReadonlyArray<string>) =>
  (error: LoadError): LoadError => {
    const code = failureCode(error.cause)
    const key = `The primary key (${columns.join(", ")})`
    const fail = (message: string) => loadError("primary_key_violated", message, { cause: error.cause })
    if (code === uniqueViolation)
      return fail(
        `${key} is not unique: more than one row has ${duplicateOf(error.cause) || "the same values"}.`,
      )
    if (code === notNullViolation) return fail(`${key} has NULL in some rows: ${error.message}`)
    return error
  }

/** Names of the keys while the load runs, which no other attempt uses. */
const attemptKey = (table: string, index: number): string => `${table} ${index}`

/** Builds the keys of a filled table. An interruption cancels it. */
export const buildKeys = Effect.fn("CopySink.keys")(function* (
  session: LoadSession,
  table: { readonly name: string; readonly sql: string },
  { indexes, primaryKey }: TableKeys,
): Effect.fn.Return<void, LoadError> {
  if (primaryKey.length > 0)
    yield* session
      .run(
        `alter table ${table.sql} add constraint ${quoteIdentifier(attemptKey(table.name, 0))} primary key (${listed(primaryKey)})`,
      )
      .pipe(Effect.mapError(violated(primaryKey)))
  for (const [index, columns] of indexes.entries())
    yield* session.run(
      `create index ${quoteIdentifier(attemptKey(table.name, index + 1))} on ${table.sql} (${listed(columns)})`,
    )
})

/** Statements that give the keys their names for good, next to the published table. */
export const renameKeys = (
  schema: string,
  attemptTable: string,
  { indexes, primaryKey }: TableKeys,
  nameOf: (suffix: string) => string,
): ReadonlyArray<string> => {
  const rename = (index: number, suffix: string): string =>
    `alter index ${quoteIdentifier(schema)}.${quoteIdentifier(attemptKey(attemptTable, index))} rename to ${quoteIdentifier(nameOf(suffix))}`
  return [
    ...(primaryKey.length === 0 ? [] : [rename(0, "_pkey")]),
    ...indexes.map((_, index) => rename(index + 1, `_idx${index + 1}`)),
  ]
}
