import { assert } from "@effect/vitest"
import type * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import type * as ServiceClient from "../../support/ServiceClient.ts"
import type { UnusualFile } from "./UnusualFile.ts"

/** A running service, its database and its files. */
export interface Running {
  readonly api: ReturnType<typeof ServiceClient.make>
  readonly sql: PgClient.PgClient
  /** The URL at which the service can fetch this path. */
  readonly url: (path: string) => string
}

const tableOf = Effect.fnUntraced(function* (sql: PgClient.PgClient, table: string) {
  const columns = yield* sql<{ name: string }>`
    select attname as name from pg_attribute
    where attrelid = to_regclass(quote_ident(${table}::text)) and attnum > 0 order by attnum`
  // One array, because 1,600 separate columns would exceed the limits of a result.
  const cells = sql.literal(columns.map(({ name }) => `"${name.replaceAll('"', '""')}"::text`).join(", "))
  const rows = yield* sql<{ cells: ReadonlyArray<string | null> }>`
    select array[${cells}] as cells from ${sql(table)} order by ctid`
  return { columns: columns.map(({ name }) => name), rows: rows.map(({ cells }) => cells) }
})

/** Loads the file, and compares its table and job with the expected ones. */
export const loadAndCompare = Effect.fnUntraced(function* (
  running: Running,
  file: UnusualFile,
  path: string,
) {
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
