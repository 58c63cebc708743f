import * as Effect from "effect/Effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import type { Violation } from "./Invariants.ts"
import type { Query } from "./QueryPool.ts"

interface Row {
  readonly id: string
  readonly final_state: string
  readonly table_name: string
  readonly rows_loaded: number
  readonly rows_rejected: number
}

const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && key in value
    ? Object.entries(value).find(([k]) => k === key)?.[1]
    : undefined

/** Compares the status of each job in the API with the job's record. */
export const checkStatuses = Effect.fnUntraced(function* (
  origin: string,
  query: Query,
  jobIds: ReadonlyArray<string>,
) {
  const rows = yield* query<Row>(
    `select id::text, final_state, table_name, rows_loaded::float8, rows_rejected::float8
    from sluice.job where id = any($1::uuid[]) and final_state is not null`,
    [jobIds],
  )
  const compare = Effect.fnUntraced(function* (row: Row) {
    const response = yield* HttpClient.execute(HttpClientRequest.get(`${origin}/job_status?jobId=${row.id}`))
    const status: unknown = JSON.parse(yield* response.text)
    const progress = fieldOf(status, "progress")
    const pairs = [
      [fieldOf(status, "state"), row.final_state],
      [fieldOf(status, "table"), row.table_name],
      [fieldOf(progress, "rowsLoaded"), row.rows_loaded],
      [fieldOf(progress, "rowsRejected"), row.rows_rejected],
    ]
    return pairs
      .filter(([reported, stored]) => reported !== stored)
      .map(([reported, stored]): Violation => ({
        rule: "the job status differs from the job record",
        jobId: row.id,
        detail: `${String(reported)} instead of ${String(stored)}`,
      }))
  })
  const found = yield* Effect.forEach(rows, compare, { concurrency: 8 }).pipe(
    Effect.provide(FetchHttpClient.layer),
    Effect.orDie,
  )
  return found.flat()
})
