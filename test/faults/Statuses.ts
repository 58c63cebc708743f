import * as Effect from "effect/Effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import type { Query, Violation } from "./Invariants.ts"

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

/** Compares what the API tells of each job with the job's record. */
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
    const told: unknown = JSON.parse(yield* response.text)
    const progress = fieldOf(told, "progress")
    const pairs = [
      [fieldOf(told, "state"), row.final_state],
      [fieldOf(told, "table"), row.table_name],
      [fieldOf(progress, "rowsLoaded"), row.rows_loaded],
      [fieldOf(progress, "rowsRejected"), row.rows_rejected],
    ]
    return pairs
      .filter(([told, kept]) => told !== kept)
      .map(([told, kept]): Violation => ({
        rule: "the status does not tell what the record says",
        jobId: row.id,
        detail: `${String(told)} instead of ${String(kept)}`,
      }))
  })
  const found = yield* Effect.forEach(rows, compare, { concurrency: 8 }).pipe(
    Effect.provide(FetchHttpClient.layer),
    Effect.orDie,
  )
  return found.flat()
})
