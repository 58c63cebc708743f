import { assert } from "@effect/vitest"
import type * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import type * as ServiceClient from "../../support/ServiceClient.ts"
import type { OddFile } from "./OddFile.ts"

/** A running service, the database its tables appear in, and where it fetches the files from. */
export interface Running {
  readonly api: ReturnType<typeof ServiceClient.make>
  readonly sql: PgClient.PgClient
  /** The URL of a path, as the service must name it. */
  readonly url: (path: string) => string
}

const tableOf = Effect.fnUntraced(function* (sql: PgClient.PgClient, table: string) {
  const columns = yield* sql<{ name: string }>`
    select attname as name from pg_attribute
    where attrelid = to_regclass(quote_ident(${table}::text)) and attnum > 0 order by attnum`
  // A row of 1,600 columns is within a result's limit as one array.
  const cells = sql.literal(columns.map(({ name }) => `"${name.replaceAll('"', '""')}"::text`).join(", "))
  const rows = yield* sql<{ cells: ReadonlyArray<string | null> }>`
    select array[${cells}] as cells from ${sql(table)} order by ctid`
  return { columns: columns.map(({ name }) => name), rows: rows.map(({ cells }) => cells) }
})

/** Has the file loaded, and compares the table and what the job says of it with what is expected. */
export const loadAndCompare = Effect.fnUntraced(function* (running: Running, file: OddFile, path: string) {
  const { api, sql, url } = running
  const jobId = yield* api.create(url(path), file.options)
  const job = yield* api.reaches(jobId, "completed", "failed")
  assert.strictEqual(job.error, null)
  assert.deepStrictEqual(yield* tableOf(sql, job.table), { columns: file.columns, rows: file.rows })
  const rejected = Object.values(file.rejects ?? {}).reduce((sum, count) => sum + count, 0)
  assert.deepInclude(job.progress, { rowsLoaded: file.rows.length, rowsRejected: rejected })
  assert.deepStrictEqual(job.rejects, file.rejects ?? {})
  assert.deepStrictEqual(job.repairs, file.repairs ?? {})
  if (file.encoding !== undefined) assert.strictEqual(job.encoding, file.encoding)
  if (file.dialect !== undefined) assert.deepInclude(job.dialect, file.dialect)
})
