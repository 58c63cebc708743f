import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Struct from "effect/Struct"
import type { Claim } from "../../../Domain/job/Claim.ts"
import type { Attempt, LoadedVersion } from "../../../Domain/job/Jobs.ts"
import { loadError } from "../../../Domain/load/LoadError.ts"
import type { SqlError } from "effect/sql/SqlError"
import type { LoadOptions } from "../../../Domain/load/options/LoadOptions.ts"
import type { JobSecret, JobSecrets, SealedSecret } from "./JobSecrets.ts"
import { attemptNumber, type JobRow } from "./record/JobRow.ts"
import type { LoadedAs } from "./record/knownVersion.ts"
import type { TablesApart } from "./TablesApart.ts"

const sourceRemoved = loadError(
  "secrets_unreadable",
  "The source of this run was removed, and its secrets with it.",
)

/** The URL and the options of an attempt. The headers of the record have no values. */
const withSecret = ({ fileUrl, headers, otherUrls }: JobSecret, options: LoadOptions) => ({
  fileUrl,
  ...(otherUrls === undefined ? {} : { otherUrls }),
  options: { ...Struct.omit(options, ["headers"]), ...(headers === undefined ? {} : { headers }) },
})

/** A job whose attempt has begun. */
interface BegunJob {
  readonly claim: Claim
  readonly row: JobRow
  /** Of the run of a source: the version that its table has; `null` if there is no such source. */
  readonly known: LoadedVersion | null
  /** The table that a source has loaded into, if it is in another database. */
  readonly loadedAs: Option.Option<LoadedAs>
  readonly secret: SealedSecret | null
}

/** What is known of a source's version is of no use if its table is not the one that it has loaded into. */
const unknownVersion: LoadedVersion = {
  etag: null,
  lastModified: null,
  location: null,
  contentHash: null,
  rows: null,
}

const targetUnavailable = (cause: SqlError) =>
  loadError("database_unavailable", `The database of the table did not respond: ${cause.message}.`, { cause })

/** This worker has another database for tables than the API that created the job. */
const otherTarget = (target: string | null) =>
  loadError(
    "target_unknown",
    target === null
      ? "The job's table belongs into the database of the queue, but this worker has TARGET_DATABASE_URL, which the API did not have when it created the job. Post the job again."
      : "The job's table belongs into the database of TARGET_DATABASE_URL, which this worker does not have. Give it to all processes.",
  )

/**
 * The attempt that a worker makes. If its secrets cannot be opened, or its table belongs into a database that is unknown here, it has
 * the reason as `unreadable`.
 */
export const toAttempt = Effect.fnUntraced(function* (
  secrets: JobSecrets["Service"],
  { claim, known: found, loadedAs, row, secret }: BegunJob,
  apart: (typeof TablesApart)["Service"],
): Effect.fn.Return<Attempt> {
  const { file_url, options, released, source_id, target, target_schema, table_name } = row
  const isLoaded =
    apart === null || Option.isNone(loadedAs)
      ? Effect.succeed(apart === null)
      : apart.isLoaded(target_schema, table_name, loadedAs.value)
  const asked = yield* Effect.result(isLoaded)
  const known = found === null || (Result.isSuccess(asked) && asked.success) ? found : unknownVersion
  const attempt = {
    claim,
    attempt: attemptNumber(claim.retryCount, released),
    schema: target_schema,
    table: table_name,
    ...(source_id === null || known === null ? {} : { refresh: { sourceId: source_id, known } }),
  }
  if (target !== (apart?.name ?? null))
    return { ...attempt, fileUrl: file_url, options, unreadable: otherTarget(target) }
  if (Result.isFailure(asked))
    return { ...attempt, fileUrl: file_url, options, unreadable: targetUnavailable(asked.failure) }
  const opened =
    source_id !== null && known === null
      ? Result.fail(sourceRemoved)
      : secret === null
        ? Result.succeed({ fileUrl: file_url })
        : yield* Effect.result(secrets.open(source_id ?? claim.jobId, secret))
  return Result.isFailure(opened)
    ? { ...attempt, fileUrl: file_url, options, unreadable: opened.failure }
    : { ...attempt, ...withSecret(opened.success, options) }
})
