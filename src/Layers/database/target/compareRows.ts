import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import { isSqlError } from "effect/sql/SqlError"
import { quoteIdentifier } from "../../../Domain/load/columns/SqlIdentifier.ts"
import type { ExistingTable, RowTexts } from "../../../Domain/load/columns/target/ExistingTable.ts"
import type { RowChange } from "../../../Domain/load/SchemaChanges.ts"
import {
  failureCode,
  insufficientPrivilege,
  isOfTheStatement,
  queryCanceled,
} from "../postgres/DatabaseFailure.ts"
import { readRoleSql } from "../postgres/DatabaseRole.ts"
import { run } from "../postgres/Statement.ts"
import { inTransaction } from "../postgres/Transaction.ts"
import { qualified } from "./AttemptTable.ts"
import { selectOperators } from "./merge/keyOperators.ts"
import { mergedColumns } from "./merge/mergeStatements.ts"

/** Longest time for the comparison, in milliseconds. */
const timeout = 3000

/** A policy must not hide rows: the comparison fails instead. */
const settings = `
  select set_config('role', ${readRoleSql}, true), set_config('row_security', 'off', true),
    set_config('statement_timeout', '${timeout}', true)`

/** Errors besides those of the statement after which a preview does without the comparison. */
const withoutIt: ReadonlySet<string | undefined> = new Set([insufficientPrivilege, queryCanceled])

/** Compares rows with those of the table that have their key, as a merge would. */
export const compareRows = Effect.fn("TargetTables.compareRows")(
  function* (
    sql: SqlClient.SqlClient,
    { columns, isPartitioned, name, schema }: ExistingTable,
    key: ReadonlyArray<string>,
    rows: ReadonlyArray<RowTexts>,
  ) {
    const table = qualified(schema, name)
    const operators = yield* run(sql, selectOperators(table, key))
    if (operators.length !== key.length) return null
    const loaded = columns.filter((column) => Object.hasOwn(rows[0] ?? {}, column.name))
    const merged = mergedColumns(
      loaded.map((column) => ({ name: column.name, header: column.name, type: "text" })),
      loaded.map(({ type }) => type),
    )
    const others = merged.filter((_, index) => !key.includes(loaded[index]?.name ?? ""))
    const hasSameKey = operators.map(({ collate, name, operator }) => {
      const column = quoteIdentifier(String(name))
      return `old.${column} ${operator} new.${column}${collate}`
    })
    const query = `
      select case when old.ctid is null then 'inserted'
        when ${["false", ...others.map(({ differs }) => differs)].join(" or ")} then 'updated' else 'unchanged' end as change
      from jsonb_array_elements($1::text::jsonb) with ordinality as file (texts, place)
        cross join lateral (
          select ${merged.map((column) => `${column.value} as ${column.name}`).join(", ")}
          from jsonb_to_record(file.texts) as given (${merged.map((column) => `${column.name} text`).join(", ")})
        ) as new
        left join ${isPartitioned ? table : `only ${table}`} as old on ${hasSameKey.join(" and ")}
      order by file.place`
    const compare = sql.unsafe<{ readonly change: RowChange }>(query, [JSON.stringify(rows)]).unprepared
    const changes = yield* inTransaction(sql, Effect.andThen(sql.unsafe(settings), compare))
    return changes.map(({ change }) => change)
  },
  // It is a hint: without rights to read the table, or with a value that only a load reads, there is none.
  Effect.catchIf(
    (error) => isSqlError(error) && (isOfTheStatement(error) || withoutIt.has(failureCode(error))),
    () => Effect.succeed(null),
  ),
)
