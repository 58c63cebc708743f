import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { createHash } from "node:crypto"
import { canonicalRequest, type IdempotencyKey } from "../../../Domain/job/IdempotencyKey.ts"
import type { JobId } from "../../../Domain/job/Job.ts"
import { IdempotencyKeyReused, type LoadRequest, TableNameTaken } from "../../../Domain/job/Jobs.ts"
import { tableName, type TableName } from "../../../Domain/load/columns/TableName.ts"
import { Caller } from "../../../Domain/service/Caller.ts"
import { masked, UrlMasking } from "../../../Domain/source/masking/UrlMasking.ts"
import type * as JobStatements from "./JobStatements.ts"

/**
 * Shows whether two requests with one key are equal, without storing the credentials that their URLs may hold: SHA-256,
 * salted with the key.
 */
const requestHash = (key: IdempotencyKey, request: LoadRequest): string =>
  createHash("sha256")
    .update(JSON.stringify([key, canonicalRequest(request)]))
    .digest("hex")

/**
 * Inserts the job's record with the requested table name, or with the first free name made from the URL. If an earlier
 * request of the caller had the same key, inserts nothing and returns that job's row.
 */
export const insertJob = Effect.fnUntraced(function* (
  statements: ReturnType<typeof JobStatements.make>,
  id: JobId,
  request: LoadRequest,
) {
  const { fileUrl, idempotencyKey, options } = request
  const caller = yield* Caller
  const { owner } = caller
  const shownUrl = masked(fileUrl, yield* UrlMasking)
  const hash = idempotencyKey === undefined ? null : requestHash(idempotencyKey, request)
  /** The new job, or the one that an earlier request with the same key created; none if the name is taken. */
  const insertAs = Effect.fnUntraced(function* (table: TableName) {
    const inserted = yield* statements.insert(id, caller, table, request, hash)
    if (Option.isSome(inserted) || idempotencyKey === undefined) return inserted
    const earlier = yield* statements.selectByKey(owner, idempotencyKey)
    if (Option.isSome(earlier) && earlier.value.request_hash !== hash)
      return yield* new IdempotencyKeyReused({ idempotencyKey })
    return earlier
  })
  if (options.tableName !== undefined) {
    const table = options.tableName
    yield* statements.freeName(table)
    const row = yield* insertAs(table)
    return Option.isSome(row) ? row.value : yield* new TableNameTaken({ table })
  }
  const epoch = yield* statements.epoch
  const nameWithSuffix = (n: number) => tableName(shownUrl, epoch, n)
  let row = yield* insertAs(nameWithSuffix(1))
  if (Option.isSome(row)) return row.value
  let n = 1 + (yield* statements.countWithPrefix(nameWithSuffix(1)))
  while (Option.isNone(row)) row = yield* insertAs(nameWithSuffix(++n))
  return row.value
})
