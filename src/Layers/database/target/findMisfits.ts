import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type {
  ExistingTable,
  RowTexts,
  TableMisfit,
} from "../../../Domain/load/columns/target/ExistingTable.ts"
import { quoteIdentifier, quoteLiteral, textArray } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { failureCode } from "../postgres/DatabaseFailure.ts"
import { run, statement } from "../postgres/Statement.ts"
import { inTransaction } from "../postgres/Transaction.ts"
import { sqlStateMeaning } from "../session/sqlStateMeaning.ts"
import { qualified } from "./AttemptTable.ts"

/**
 * SQL of the row of the table with the texts in a JSON object. `jsonb_populate_record` gives texts to the input functions of the
 * columns' types, as COPY does. Texts for JSON it would take for strings, so these are cast.
 */
const populated = (table: ExistingTable, object: string) => {
  const ofJson = table.columns.filter(({ isJson }) => isJson)
  const others = ofJson.length === 0 ? "" : ` - ${textArray(ofJson.map(({ name }) => name))}`
  return {
    row: `jsonb_populate_record(null::${qualified(table.schema, table.name)}, ${object}${others})`,
    json: new Map(ofJson.map(({ name, type }) => [name, `(${object} ->> ${quoteLiteral(name)})::${type}`])),
  }
}

/** Rows that a CHECK does not allow, by its number. Fails if a text is no value of its column. */
const violations = (table: ExistingTable): string => {
  const { json, row } = populated(table, "given.object")
  const columns = table.columns.map(({ name }) => {
    const column = quoteIdentifier(name)
    return `${json.get(name) ?? `populated.${column}`} as ${column}`
  })
  const broken = table.checks.map(({ expression }, index) => `when not (${expression}) then ${index}`)
  // Postgres does not read what nothing depends on.
  const read = [
    ...table.columns.filter(({ isJson }) => !isJson).slice(0, 1),
    ...table.columns.filter(({ isJson }) => isJson),
  ]
  return `
    select "sluice row"::integer as row, broken from (
      select "sluice row", case when ${read.map(({ name }) => `num_nulls(${quoteIdentifier(name)}) < 0`).join(" or ")} then -1 ${broken.join(" ")} end as broken
      from (
        select given.n - 1 as "sluice row", ${columns.join(", ")}
        from jsonb_array_elements($1::text::jsonb) with ordinality as given (object, n), ${row} as populated
      ) as ${quoteIdentifier(table.name)}
    ) as examined
    where broken is not null`
}

/** Rows and columns with texts that are no values, each examined alone. DO takes no parameters and returns nothing. */
const examineEach = (table: ExistingTable): string => {
  const read = (object: string) => {
    const { json, row } = populated(table, object)
    return `perform ${[row, ...json.values()].join(", ")}`
  }
  return `
  do $sluice$
  declare
    element jsonb; part jsonb; name text; number integer := -1; found jsonb[] := '{}';
  begin
    for element in select value from jsonb_array_elements(current_setting('sluice.rows')::jsonb) loop
      number := number + 1;
      begin
        ${read("element")};
      exception when others then
        foreach name in array ${textArray(table.columns.map((column) => column.name))} loop
          continue when not element ? name;
          begin
            part := jsonb_build_object(name, element -> name);
            ${read("part")};
          exception when others then
            found := found || jsonb_build_object(
              'row', number, 'column', name, 'reason', 'type_mismatch', 'message', sqlerrm
            );
            exit;
          end;
        end loop;
      end;
    end loop;
    perform set_config('sluice.misfits', array_to_json(found)::text, true);
  end $sluice$`
}

const isOfData = (error: SqlError): boolean => sqlStateMeaning(failureCode(error) ?? "") === "data"

const mismatches = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  table: ExistingTable,
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
  const misfits = yield* mismatches(sql, table, rows)
  const without = new Set(misfits.map(({ row }) => row))
  const left = rows.flatMap((texts, row) => (without.has(row) ? [] : [{ row, texts }]))
  const others = yield* broken(
    sql,
    table,
    left.map(({ texts }) => texts),
  )
  return [...misfits, ...others.map((misfit) => Object.assign(misfit, { row: left[misfit.row]!.row }))]
})
