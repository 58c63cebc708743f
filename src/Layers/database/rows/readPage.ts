import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import { csvRecord } from "../../../Domain/rows/csvRecord.ts"
import {
  type PageRequest,
  type ReadableTable,
  RowPlace,
  RowsChanged,
  type RowsPage,
  RowsRefused,
  TableNotFound,
} from "../../../Domain/rows/Rows.ts"
import type { RowsRequest } from "../../../Domain/rows/RowsRequest.ts"
import { run } from "../postgres/Statement.ts"
import { inTransaction } from "../postgres/Transaction.ts"
import { qualified } from "../target/AttemptTable.ts"
import { countStatement, countOf } from "./countRows.ts"
import { columnSql, filterSql } from "./filterSql.ts"
import { pageStatement, type PageQuery } from "./pageStatement.ts"
import { orderParts, rowOrder } from "./rowOrder.ts"
import { orRowsFailure, type RowsStatement } from "./rowsFailure.ts"
import { makeParameters, type StatementValues } from "./StatementValues.ts"
import { readShape, TableShape } from "./TableShape.ts"

/** Longest time for all statements of a page. */
export const PageTimeout = Context.Reference("sluice/Layers/rows/PageTimeout", {
  defaultValue: () => Duration.seconds(10),
})

const decodeShape = Schema.decodeUnknownSync(Schema.Struct({ shape: TableShape }))
const decodeTexts = Schema.decodeUnknownSync(Schema.fromJsonString(RowPlace.fields.values))

/** What all statements of a request have in common. Fails with the issue of the first name that the table does not have. */
const planQuery = (shape: TableShape, request: RowsRequest, values: StatementValues) =>
  Result.gen(function* () {
    const select =
      request.select.length > 0
        ? request.select
        : shape.columns.map(({ name }) => ({ column: name, cast: null }))
    return {
      selected: yield* Result.all(
        select.map((reference) =>
          Result.map(columnSql(shape, reference, "select"), ({ sql }) => ({ name: reference.column, sql })),
        ),
      ),
      conditions: yield* Result.all(request.filters.map((filter) => filterSql(shape, values, filter))),
      order: yield* rowOrder(shape, request.order),
    }
  })

/**
 * Reads the shape of a table and keeps it until the end of the transaction: nobody drops the table, or changes its columns.
 *
 * @param table its name in SQL
 */
const lockShape = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, table: string, name: string) {
  // Before the transaction's snapshot is taken, which would not have the rows of a table that replaces this one.
  yield* sql.unsafe(`lock table ${table} in access share mode`)
  const [found] = yield* run(sql, readShape(table))
  return found === undefined ? yield* new TableNotFound({ name }) : decodeShape(found).shape
})

/** Reads a page of rows, and their number if it is wanted, in one transaction. */
export const readPage = (reading: SqlClient.SqlClient, readTable: ReadableTable, request: PageRequest) => {
  const table = qualified(readTable.schema, readTable.table)
  const values = makeParameters()
  let statement: RowsStatement = {
    name: readTable.table,
    request,
    shape: undefined,
    values: values.all,
    isCount: false,
  }
  return Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    const timeout = Duration.toMillis(yield* PageTimeout)
    /** Runs a statement within what is left of the time. */
    const inTime = Effect.fnUntraced(function* (text: string, parameters: ReadonlyArray<unknown>) {
      const left = timeout - ((yield* Clock.currentTimeMillis) - began)
      yield* reading`select set_config('statement_timeout', ${String(Math.max(1, left))}::text, true)`
      return yield* run(reading, { text, parameters })
    })

    const shape = yield* lockShape(reading, table, readTable.table)
    statement = { ...statement, shape }
    const plan = yield* Effect.mapError(Effect.fromResult(planQuery(shape, request, values)), RowsRefused.of)
    const query: PageQuery = { table, format: request.format, ...plan }
    const { order } = query
    const version = order.endsWithPlace ? `${readTable.jobId} ${shape.file}` : null
    const place = request.after
    if (place !== null && place.version !== version) return yield* new RowsChanged()
    if (place !== null && (place.order !== order.name || place.values.length !== order.keys.length))
      return yield* RowsRefused.of({
        field: "after",
        message: "it is a place in another order: give the `after` of the page before, with the same order",
      })

    const found: Array<{ readonly place: string; readonly line: string | null }> = []
    let bytes = 0
    for (const part of orderParts(order, shape.pages, place?.values ?? null)) {
      const ofPart = makeParameters(values.all)
      const { parameters, text } = pageStatement(query, part, ofPart, request.limit + 1 - found.length, bytes)
      statement = { ...statement, values: ofPart.all }
      for (const { line, place: at } of yield* inTime(text, parameters)) {
        const row = { place: String(at), line: typeof line === "string" ? line : null }
        found.push(row)
        bytes += Buffer.byteLength(row.line ?? "")
      }
      if (found.length > request.limit || found.at(-1)?.line === null) break
    }

    let count: number | null = null
    if (request.count !== null) {
      statement = { ...statement, values: values.all, isCount: true }
      const counting = countStatement(request.count, table, plan.conditions)
      count = countOf(
        yield* inTime(
          counting,
          values.all.map(({ value }) => value),
        ),
      )
    }

    const tooMuch = found.findIndex(({ line }, index) => index === request.limit || line === null)
    const rows = tooMuch < 0 ? found : found.slice(0, tooMuch)
    const last = rows.at(-1)
    const lines = rows.map(({ line }) => line ?? "")
    return {
      columns: plan.selected.map(({ name }) => name),
      rows: request.format === "csv" ? lines.map((line) => csvRecord(decodeTexts(line))) : lines,
      next:
        tooMuch < 0 || last === undefined
          ? null
          : { order: order.name, version, values: decodeTexts(last.place) },
      count,
    } satisfies RowsPage
  }).pipe(
    (reads) => inTransaction(reading, reads),
    orRowsFailure(reading, () => statement),
  )
}
