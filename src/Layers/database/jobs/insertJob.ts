import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { IdempotencyKeyReused, TableNameTaken } from "../../../Domain/job/Jobs.ts"
import { tableName, type TableName } from "../../../Domain/load/columns/TableName.ts"
import type * as JobStatements from "./JobStatements.ts"
import type { NewJob } from "./newJob.ts"

/**
 * Inserts the job's record with the requested table name, or with the first free name made from the URL. If an earlier
 * request of the caller had the same key, inserts nothing and returns that job's row.
 */
export const insertJob = Effect.fnUntraced(function* (
  statements: ReturnType<typeof JobStatements.make>,
  job: NewJob,
) {
  const { idempotencyKey } = job
  /** The new job, or the one that an earlier request with the same key created; none if the name is taken. */
  const insertAs = Effect.fnUntraced(function* (table: TableName) {
    const inserted = yield* statements.insert(job, table)
    if (Option.isSome(inserted) || idempotencyKey === null) return inserted
    const earlier = yield* statements.selectByKey(job.caller.owner, idempotencyKey)
    if (Option.isSome(earlier) && earlier.value.request_hash !== job.requestHash)
      return yield* new IdempotencyKeyReused({ idempotencyKey })
    return earlier
  })
  if (job.options.tableName !== undefined) {
    const table = job.options.tableName
    yield* statements.freeName(table)
    const row = yield* insertAs(table)
    return Option.isSome(row) ? row.value : yield* new TableNameTaken({ table })
  }
  const epoch = yield* statements.epoch
  const nameWithSuffix = (n: number) => tableName(job.shownUrl, epoch, n)
  let row = yield* insertAs(nameWithSuffix(1))
  if (Option.isSome(row)) return row.value
  let n = 1 + (yield* statements.countWithPrefix(nameWithSuffix(1)))
  while (Option.isNone(row)) row = yield* insertAs(nameWithSuffix(++n))
  return row.value
})
