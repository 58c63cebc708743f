import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as SqlError from "effect/sql/SqlError"
import type * as SqlClient from "effect/sql/SqlClient"
import { createGzip, createZstdCompress } from "node:zlib"
import type { Client } from "pg"
import { quoteIdentifier } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { type ExportRequest, type ReadableTable, RowsRefused } from "../../../Domain/rows/Rows.ts"
import { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { CopyOut } from "../export/CopyOut.ts"
import { failureCode, unavailable } from "../postgres/DatabaseFailure.ts"
import { qualified } from "../target/AttemptTable.ts"
import { alias } from "./filterSql.ts"
import { jsonLine } from "./jsonLine.ts"
import { lockedShape } from "./lockedShape.ts"
import { where } from "./pageStatement.ts"
import { planRows } from "./planRows.ts"
import { readingSettings } from "./ReadingPool.ts"
import { orderBy } from "./rowOrder.ts"
import { explain, type RowsStatement } from "./rowsFailure.ts"
import { makeSettings, settingName, type StatementValue } from "./StatementValues.ts"

const operation = "export a table"

/** Sorting a large table, or searching it, takes its time before the first row. */
const openTimeout = Duration.minutes(2)

const compressors = {
  // Faster than most networks; the next levels take twice the time and more.
  gzip: () => createGzip({ level: 1 }),
  zstd: () => createZstdCompress(),
} as const

/**
 * COPY's CSV with quotes that no JSON has, because JSON escapes control characters. Its text format would double the backslashes
 * of JSON.
 */
const jsonLines = String.raw`format csv, quote e'\x01', delimiter e'\x02'`

type Plan = Extract<ReturnType<typeof planRows>, { readonly _tag: "Success" }>["success"]

const copyStatement = (table: string, plan: Plan, request: ExportRequest): string => {
  const columns = plan.selected.map(({ name, sql, type }) => {
    // As in JSON, and as loads read it again.
    const written = type === "boolean" && request.format === "csv" ? `${sql}::text` : sql
    return `${written} as ${quoteIdentifier(name)}`
  })
  const requested = plan.order.keys.slice(0, request.order.length)
  const select = `select ${columns.join(", ")} from ${table} ${alias} ${where(plan.conditions)} ${
    requested.length === 0 ? "" : `order by ${orderBy(requested)}`
  }`
  return request.format === "csv"
    ? `copy (${select}) to stdout (format csv, header)`
    : `copy (select ${jsonLine("s")} from (${select}) s) to stdout (${jsonLines})`
}

const setting = ({ type, value }: StatementValue): readonly [cast: string, value: unknown] =>
  typeof value === "string" ? ["$2", value] : [`($2::text[]::${type})::text`, value]

/** Exports rows by COPY, in a transaction that sees one version of the table. */
export const exportRows = (
  { copy }: CopyOut["Service"],
  reading: SqlClient.SqlClient,
  user: string,
  readTable: ReadableTable,
  request: ExportRequest,
) => {
  const table = qualified(readTable.schema, readTable.table)
  const values = makeSettings()
  let statement: RowsStatement = {
    name: readTable.table,
    request,
    shape: undefined,
    values: values.all,
    task: "rows",
  }
  const prepare = Effect.fnUntraced(function* (client: Client) {
    const query = (text: string, parameters: ReadonlyArray<unknown> = []) =>
      Effect.tryPromise({
        try: () => client.query<Record<string, unknown>>(text, [...parameters]),
        catch: (cause) => unavailable(operation, cause),
      })
    yield* query("begin")
    const shape = yield* lockedShape(readTable, ({ parameters, text }) =>
      Effect.map(query(text, parameters), ({ rows }) => rows),
    )
    statement = { ...statement, shape }
    const plan = yield* Effect.mapError(Effect.fromResult(planRows(shape, request, values)), RowsRefused.of)
    for (const [index, value] of values.all.entries()) {
      const [cast, given] = setting(value)
      yield* query(`select set_config($1, ${cast}, true)`, [settingName(index), given])
    }
    return { statement: copyStatement(table, plan, request), found: null }
  })
  const options = {
    operation,
    subject: {
      of: "table" as const,
      table: `${readTable.schema}.${readTable.table}`,
      format: request.format,
    },
    openTimeout,
    // The order of the file, though other scans of the table run.
    settings: { ...readingSettings(user), synchronize_seqscans: "off", statement_timeout: "0" },
    compress: request.coding === null ? undefined : compressors[request.coding],
  }
  return copy(options, prepare).pipe(
    Effect.map(({ bytes }) => bytes),
    Effect.catchIf(
      // Without a code, it is no failure of the database.
      (error): error is ServiceUnavailable =>
        error instanceof ServiceUnavailable && failureCode(error) !== undefined,
      (error) =>
        Effect.catchIf(explain(reading, error, statement), SqlError.isSqlError, (other) =>
          Effect.fail(unavailable(operation, other)),
        ),
    ),
  )
}
