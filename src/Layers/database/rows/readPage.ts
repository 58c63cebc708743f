import * as Effect from "effect/Effect"
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
} from "../../../Domain/rows/Rows.ts"
import { run } from "../postgres/Statement.ts"
import { inTransaction } from "../postgres/Transaction.ts"
import { qualified } from "../target/AttemptTable.ts"
import { countStatement, countOf } from "./countRows.ts"
import { lockedShape } from "./lockedShape.ts"
import { pageStatement, type PageQuery } from "./pageStatement.ts"
import { planRows } from "./planRows.ts"
import { orderParts } from "./rowOrder.ts"
import { orRowsFailure, type RowsStatement } from "./rowsFailure.ts"
import { makeParameters } from "./StatementValues.ts"
import { withinPageTimeout } from "./withinPageTimeout.ts"

const decodeTexts = Schema.decodeUnknownSync(Schema.fromJsonString(RowPlace.fields.values))

/** Reads a page of rows, and their number if it is wanted, in one transaction. */
export const readPage = (reading: SqlClient.SqlClient, readTable: ReadableTable, request: PageRequest) => {
  const table = qualified(readTable.schema, readTable.table)
  const values = makeParameters()
  let statement: RowsStatement = {
    name: readTable.table,
    request,
    shape: undefined,
    values: values.all,
    task: "rows",
  }
  return Effect.gen(function* () {
    const inTime = yield* withinPageTimeout(reading)

    const shape = yield* lockedShape(readTable, (one) => run(reading, one))
    statement = { ...statement, shape }
    const plan = yield* Effect.mapError(
      Effect.fromResult(planRows(shape, request, values, readTable.isMade)),
      RowsRefused.of,
    )
    const query: PageQuery = { table, format: request.format, ...plan }
    const { order } = query
    const version = order.endsWithPlace ? `${readTable.jobId} ${shape.file} ${table}` : null
    const place = request.after
    if (place?.version?.endsWith(` ${table}`) === false)
      return yield* RowsRefused.of({
        field: "after",
        message:
          "it is a place in another table, or another version of Sluice gave it: give the `after` of the page before, of the same table, or start again without it",
      })
    if (typeof place?.version === "string" && place.version !== version) return yield* new RowsChanged()
    if (place !== null && (place.order !== order.name || place.values.length !== order.keys.length))
      return yield* RowsRefused.of({
        field: "after",
        message:
          "it is a place in another order, or in another table: give the `after` of the page before, with the same order",
      })
    if (place?.values.some((value, index) => value === null && order.keys[index]?.isNullable === false))
      return yield* RowsRefused.of({
        field: "after",
        message: "it has a null for a column that is never null",
      })

    const found: Array<{ readonly place: string; readonly line: string | null }> = []
    let bytes = 0
    for (const part of orderParts(order, shape.pages, place?.values ?? null)) {
      const ofPart = makeParameters(values.all)
      const { parameters, text } = pageStatement(query, part, ofPart, request.limit + 1 - found.length, bytes)
      statement = { ...statement, values: ofPart.all }
      for (const { line, place: at } of yield* inTime({ parameters, text })) {
        const row = { place: String(at), line: typeof line === "string" ? line : null }
        found.push(row)
        bytes += Buffer.byteLength(row.line ?? "")
      }
      if (found.length > request.limit || found.at(-1)?.line === null) break
    }

    let count: number | null = null
    if (request.count !== null) {
      statement = { ...statement, values: values.all, task: "count" }
      const counting = countStatement(request.count, table, plan.conditions)
      count = countOf(yield* inTime({ text: counting, parameters: values.all.map(({ value }) => value) }))
    }

    const tooMuch = found.findIndex(({ line }, index) => index === request.limit || line === null)
    const rows = tooMuch < 0 ? found : found.slice(0, tooMuch)
    const last = rows.at(-1)
    // Other programs may have moved rows to other places before the next page.
    if (tooMuch >= 0 && order.endsWithPlace && !readTable.isMade)
      return yield* RowsRefused.of({
        field: "limit",
        message:
          "the table has more rows, and pages of a table that another program made need a key: add a unique index on columns that are not null, filter, or export the table",
      })
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
