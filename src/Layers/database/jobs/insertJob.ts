import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { createHash } from "node:crypto"
import { canonicalRequest, type IdempotencyKey } from "../../../Domain/job/IdempotencyKey.ts"
import type { JobId } from "../../../Domain/job/Job.ts"
import { IdempotencyKeyReused, type LoadRequest, TableNameTaken } from "../../../Domain/job/Jobs.ts"
import { tableName, type TableName } from "../../../Domain/load/TableName.ts"
import type * as JobStatements from "./JobStatements.ts"

/**
 * Shows whether two requests with one key are equal, without storing the credentials that their URLs may hold: SHA-256,
 * salted with the key.
 */
const requestHash = (key: IdempotencyKey, request: LoadRequest): string =>
  createHash("sha256")
    .update(JSON.stringify([key, canonicalRequest(request)]))
    .digest("hex")

type Statements = ReturnType<typeof JobStatements.make>

/** The job that an earlier request with the same key created. */
const findByKey = Effect.fnUntraced(function* (statements: Statements, request: LoadRequest) {
  const { idempotencyKey } = request
  if (idempotencyKey === undefined) return Option.none()
  const found = yield* statements.selectByKey(idempotencyKey)
  if (Option.isNone(found)) return Option.none()
  if (found.value.requestHash !== requestHash(idempotencyKey, request))
    return yield* new IdempotencyKeyReused({ idempotencyKey })
  return Option.some(found.value.row)
})

/**
 * Inserts the job's record with the requested table name, or with the first free name made from the URL. If an earlier
 * request had the same key, inserts nothing and returns that job's row.
 */
export const insertJob = Effect.fnUntraced(function* (
  statements: Statements,
  id: JobId,
  request: LoadRequest,
) {
  const { fileUrl, options, idempotencyKey: key } = request
  const createdAt = yield* statements.now
  const insertAs = Effect.fnUntraced(function* (table: TableName) {
    const row = yield* statements.insert({
      id,
      fileUrl,
      table,
      createdAt,
      options,
      idempotencyKey: key ?? null,
      requestHash: key === undefined ? null : requestHash(key, request),
    })
    return Option.isSome(row) ? row : yield* findByKey(statements, request)
  })
  if (options.tableName !== undefined) {
    const table = options.tableName
    yield* statements.freeName(table)
    const row = yield* insertAs(table)
    return Option.isSome(row) ? row.value : yield* new TableNameTaken({ table })
  }
  const epoch = Math.floor(DateTime.toEpochMillis(createdAt) / 1000)
  const nameWithSuffix = (n: number) => tableName(fileUrl, epoch, n)
  let row = yield* insertAs(nameWithSuffix(1))
  if (Option.isSome(row)) return row.value
  let n = 1 + (yield* statements.countWithPrefix(nameWithSuffix(1)))
  while (Option.isNone(row)) row = yield* insertAs(nameWithSuffix(++n))
  return row.value
})
