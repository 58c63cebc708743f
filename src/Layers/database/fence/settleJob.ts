import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { JobId } from "../../../Domain/job/Job.ts"
import * as JobEnding from "../jobs/ending/JobEnding.ts"
import { loadRoleSql } from "../postgres/DatabaseRole.ts"
import { run } from "../postgres/Statement.ts"
import { inTransaction } from "../postgres/Transaction.ts"
import { queueName, queueTable } from "../queue/queueTable.ts"
import { selectCompletion, settled } from "./FenceStatements.ts"

/** Rejects and skipped lines, and the number of each part within its job. */
const keptTables = { "sluice.reject": "record", "sluice.skipped_line": "line" }

/** Each part has at most 64 KiB of text. */
const partsPerInsert = 100

/** The two databases of a service whose tables are apart. */
export interface Databases {
  readonly queue: SqlClient.SqlClient
  readonly tables: SqlClient.SqlClient
}

/** Copies the next parts after a number. Returns the number of the last one; `null` if there are none. */
const copyPage = Effect.fnUntraced(function* (
  { queue, tables }: Databases,
  table: string,
  key: string,
  jobId: JobId,
  after: string,
) {
  const [found] = yield* tables.unsafe<{ readonly parts: string; readonly last: string | null }>(
    `select jsonb_agg(part)::text as parts, max(${key})::text as last
    from (select * from ${table} where job_id = $1::uuid and ${key} > $2::bigint order by ${key} limit ${partsPerInsert}) as part`,
    [jobId, after],
  )
  if (found === undefined || found.last === null) return null
  yield* queue.unsafe(
    `insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1::text::jsonb)`,
    [found.parts],
  )
  return found.last
})

/** Copies what was kept of a job's file to the queue's database. */
const copyKept = Effect.fnUntraced(function* (databases: Databases, jobId: JobId) {
  for (const [table, key] of Object.entries(keptTables)) {
    let last: string | null = "-1"
    while (last !== null) last = yield* copyPage(databases, table, key, jobId, last)
  }
})

/**
 * Completes a job whose load has been committed, in one transaction of the queue's database: its state there, its record, and what was kept
 * of its file. Any process may do this at any time, and several at once.
 */
export const settleDone = Effect.fn("JobFence.settle")(function* (databases: Databases, jobId: JobId) {
  const { queue, tables } = databases
  const [found] = yield* run(tables, selectCompletion(jobId))
  if (found === undefined) return
  yield* inTransaction(
    queue,
    Effect.gen(function* () {
      // The API's own role may not store rejects.
      yield* queue`select set_config('role', ${queue.literal(loadRoleSql)}::text, true)`
      // All transactions lock the queue's row first.
      yield* queue`select from ${queue.literal(queueTable)} where name = ${queueName} and id = ${jobId} for update`
      const [record] = yield* queue<{ final_state: string | null }>`
        select final_state from sluice.job where id = ${jobId} for update`
      if (record?.final_state === null) {
        yield* copyKept(databases, jobId)
        yield* run(queue, JobEnding.completedElsewhere(jobId, found["completion"]))
      } else if (record !== undefined && record.final_state !== "completed") {
        yield* Effect.annotateLogs(Effect.logError("a job that was ended by hand in the queue has a table"), {
          job_id: jobId,
          state: record.final_state,
        })
      }
    }),
  )
  yield* run(tables, settled(jobId))
})
