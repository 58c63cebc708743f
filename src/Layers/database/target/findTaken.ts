import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { ExistingTable, RowTexts } from "../../../Domain/load/columns/target/ExistingTable.ts"
import { quoteIdentifier } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { failureCode, insufficientPrivilege } from "../postgres/DatabaseFailure.ts"
import { qualified } from "./AttemptTable.ts"

/** Finds a row of the table with the same values of the key as one of the rows. */
export const findTaken = Effect.fn("TargetTables.findTaken")(function* (
  sql: SqlClient.SqlClient,
  { name, schema }: ExistingTable,
  key: ReadonlyArray<string>,
  rows: ReadonlyArray<RowTexts>,
) {
  const table = qualified(schema, name)
  const columns = key.map(quoteIdentifier)
  const query = `
    select array[${columns.map((column) => `new.${column}::text`).join(", ")}] as values
    from jsonb_populate_recordset(null::${table}, $1::text::jsonb) as new
    where exists (select from ${table} as old where ${columns.map((column) => `old.${column} = new.${column}`).join(" and ")})
    limit 1`
  const found = yield* sql
    .unsafe<{ readonly values: ReadonlyArray<string> }>(query, [JSON.stringify(rows)])
    .unprepared.pipe(
      Effect.catchIf(
        (error) => failureCode(error) === insufficientPrivilege,
        () => Effect.succeed([]),
      ),
    )
  return found[0]?.values ?? null
})
