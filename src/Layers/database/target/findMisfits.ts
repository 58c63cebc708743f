import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { ExistingTable, RowTexts, TableMisfit } from "../../../Domain/load/columns/ExistingTable.ts"
import { quoteIdentifier } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { failureCode } from "../postgres/DatabaseFailure.ts"
import { run, statement } from "../postgres/Statement.ts"
import { inTransaction } from "../postgres/Transaction.ts"
import { sqlStateMeaning } from "../session/sqlStateMeaning.ts"
import { qualified } from "./AttemptTable.ts"

/** `json_populate_record` gives texts to the input functions of the columns' types, as COPY does. */
const rowsOf = (table: string): string => `json_populate_recordset(null::${table}, $1::text::json)`

/** Rows that a CHECK does not allow, by its number. Fails if a text is no value of its column. */
const violations = ({ checks, name, schema }: ExistingTable): string => {
  const table = qualified(schema, name)
  const broken = checks.map(({ expression }, index) => `when not (${expression}) then ${index}`)
  return `
    select row, broken from (
      select "sluice row"::integer as row, ${broken.length === 0 ? "null::integer" : `case ${broken.join(" ")} end`} as broken
      from (select row_number() over () - 1 as "sluice row", * from ${rowsOf(table)}) as ${quoteIdentifier(name)}
    ) as examined
    -- the second condition makes Postgres read the rows of a table without a CHECK
    where broken is not null or row < 0`
}

/** Rows and columns with texts that are no values, each examined alone. DO takes no parameters and returns nothing. */
const examineEach = (table: string): string => `
  do $sluice$
  declare
    element json; field record; number integer := -1; found json[] := '{}';
  begin
    for element in select value from json_array_elements(current_setting('sluice.rows')::json) loop
      number := number + 1;
      begin
        perform json_populate_record(null::${table}, element);
      exception when others then
        for field in select key, value from json_each(element) loop
          begin
            perform json_populate_record(null::${table}, json_build_object(field.key, field.value));
          exception when others then
            found := found || json_build_object(
              'row', number, 'column', field.key, 'reason', 'type_mismatch', 'message', sqlerrm
            );
            exit;
          end;
        end loop;
      end;
    end loop;
    perform set_config('sluice.misfits', array_to_json(found)::text, true);
  end $sluice$`

const isOfData = (error: SqlError): boolean => sqlStateMeaning(failureCode(error) ?? "") === "data"

const mismatches = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  table: string,
  rows: ReadonlyArray<RowTexts>,
) {
  const texts = JSON.stringify(rows)
  const [found] = yield* inTransaction(
    sql,
    run(sql, statement`select set_config('sluice.rows', ${texts}::text, true)`).pipe(
      Effect.andThen(run(sql, { text: examineEach(table), parameters: [] })),
      Effect.andThen(run(sql, statement`select current_setting('sluice.misfits') as found`)),
    ),
  )
  return JSON.parse(String(found?.["found"])) as ReadonlyArray<TableMisfit>
})

const broken = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  table: ExistingTable,
  rows: ReadonlyArray<RowTexts>,
) {
  // A prepared statement would keep the type of a table that is dropped and made again.
  const found = yield* run(sql, { text: violations(table), parameters: [JSON.stringify(rows)] }).unprepared
  return found.map((violation): TableMisfit => {
    const check = table.checks[Number(violation["broken"])]
    const row = Number(violation["row"])
    return {
      row,
      column: check?.columns.find((name) => rows[row]?.[name] !== undefined) ?? null,
      reason: "check_violated",
      message: `${check?.name} CHECK ${check?.expression}`,
    }
  })
})

/**
 * Finds the rows that the table cannot have. A batch without misfits costs one statement; with any, each row is examined alone to
 * find them.
 */
export const findMisfits = Effect.fn("TargetTables.findMisfits")(function* (
  sql: SqlClient.SqlClient,
  table: ExistingTable,
  rows: ReadonlyArray<RowTexts>,
) {
  const first = yield* broken(sql, table, rows).pipe(Effect.catchIf(isOfData, () => Effect.succeed(null)))
  if (first !== null) return first
  const misfits = yield* mismatches(sql, qualified(table.schema, table.name), rows)
  const without = new Set(misfits.map(({ row }) => row))
  const left = rows.flatMap((texts, row) => (without.has(row) ? [] : [{ row, texts }]))
  const others = yield* broken(
    sql,
    table,
    left.map(({ texts }) => texts),
  )
  return [...misfits, ...others.map((misfit) => Object.assign(misfit, { row: left[misfit.row]!.row }))]
})
