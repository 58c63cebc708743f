import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Struct from "effect/Struct"
import type { Claim } from "../../../Domain/job/Claim.ts"
import type { Attempt, LoadedVersion } from "../../../Domain/job/Jobs.ts"
import { defaultTarget, type RecordedTarget } from "../../../Domain/load/columns/target/RecordedTarget.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import type { LoadOptions } from "../../../Domain/load/options/LoadOptions.ts"
import type { JobSecret, JobSecrets, SealedSecret } from "./JobSecrets.ts"
import { attemptNumber, type JobRow } from "./record/JobRow.ts"
import type { LoadedAs } from "./record/knownVersion.ts"
import { tablesUnavailable } from "./TablesApart.ts"
import type { TargetDatabases } from "./TargetDatabases.ts"

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

/** A worker claims jobs of other databases only if the operator has given them up. */
const otherTarget = (target: RecordedTarget) =>
  loadError(
    "target_unknown",
    target === null
      ? "The job's table belongs into the database of the queue, but this worker has TARGET_DATABASE_URL, which the API did not have when it created the job. Post the job again."
      : `The job's table belongs into the database of ${target === defaultTarget ? "TARGET_DATABASE_URL" : `TARGET_DATABASES with the name ${target}`}, which the operator has given up, and this worker does not have. Post the job with another target.`,
  )

/** What is known of the version of a source's table, if it is still the one that the source has loaded into. */
const stillKnown = Effect.fnUntraced(function* (
  known: LoadedVersion,
  { loadedAs, row: { table_name, target, target_schema } }: BegunJob,
  targets: TargetDatabases["Service"],
) {
  if (target === null) return known
  if (Option.isNone(loadedAs)) return unknownVersion
  const apart = yield* targets.apart(target)
  const isKnown = apart === null || (yield* apart.isLoaded(target_schema, table_name, loadedAs.value))
  return isKnown ? known : unknownVersion
}, Effect.mapError(tablesUnavailable))

/**
 * The attempt that a worker makes. If its secrets cannot be opened, or its table belongs into a database that is unknown here, it has
 * the reason as `unreadable`. Other databases are not asked, because the attempts of one claim begin together.
 */
export const toAttempt = Effect.fnUntraced(function* (
  secrets: JobSecrets["Service"],
  job: BegunJob,
  targets: TargetDatabases["Service"],
): Effect.fn.Return<Attempt> {
  const { claim, known, secret } = job
  const { file_url, options, released, source_id, target, target_schema, table_name } = job.row
  const attempt = {
    claim,
    attempt: attemptNumber(claim.retryCount, released),
    schema: target_schema,
    table: table_name,
    target,
    ...(source_id === null || known === null
      ? {}
      : { refresh: { sourceId: source_id, known: stillKnown(known, job, targets) } }),
  }
  const unreadable = (error: LoadError) => ({ ...attempt, fileUrl: file_url, options, unreadable: error })
  if (!targets.has(target)) return unreadable(otherTarget(target))
  const opened =
    source_id !== null && known === null
      ? Result.fail(sourceRemoved)
      : secret === null
        ? Result.succeed({ fileUrl: file_url })
        : yield* Effect.result(secrets.open(source_id ?? claim.jobId, secret))
  return Result.isFailure(opened)
    ? unreadable(opened.failure)
    : { ...attempt, ...withSecret(opened.success, options) }
})
