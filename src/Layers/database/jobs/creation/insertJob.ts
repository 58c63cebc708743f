import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import {
  IdempotencyKeyReused,
  TableBusy,
  TableNameTaken,
  TableOfOthers,
} from "../../../../Domain/job/Jobs.ts"
import { defaultMode } from "../../../../Domain/load/options/ModeOptions.ts"
import type * as JobStatements from "../JobStatements.ts"
import type { NewJob } from "./storedRequest.ts"

/**
 * Inserts the job's record with the requested table name, or with the first free name made from the URL, and the job into the
 * queue. If an earlier request of the caller had the same key, inserts nothing and returns that job's row. Usually one
 * statement.
 */
export const insertJob = Effect.fnUntraced(function* (
  statements: ReturnType<typeof JobStatements.make>,
  job: NewJob,
) {
  const { idempotencyKey } = job
  /** The new job, or the one that an earlier request with the same key created; none if the name is taken. */
  const insert = Effect.fnUntraced(function* (n = 1) {
    const inserted = yield* statements.insert(job, n)
    if (Option.isSome(inserted) || idempotencyKey === null) return inserted
    const earlier = yield* statements.selectByKey(job.caller.owner, idempotencyKey)
    if (Option.isSome(earlier) && !job.requestHashes.includes(earlier.value.request_hash ?? ""))
      return yield* new IdempotencyKeyReused({ idempotencyKey })
    return earlier
  })
  let row = yield* insert()
  if (Option.isSome(row)) return row.value
  const table = job.options.tableName
  if (table !== undefined) {
    yield* statements.freeName(job, table)
    row = yield* insert()
    if (Option.isSome(row)) return row.value
    if ((job.options.mode ?? defaultMode) === "create") return yield* new TableNameTaken({ table })
    const other = job.holder === null ? Option.none() : yield* statements.unfinishedOn(job, table)
    return yield* Option.match(other, {
      // Any other table can be loaded into.
      onNone: () => new TableOfOthers({ table }),
      onSome: (jobId) => new TableBusy({ table, jobId }),
    })
  }
  let n = 1 + (yield* statements.countWithName(job))
  while (Option.isNone(row)) row = yield* insert(++n)
  return row.value
})
