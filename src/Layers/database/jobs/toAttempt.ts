import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Struct from "effect/Struct"
import type { Claim } from "../../../Domain/job/Claim.ts"
import type { Attempt, LoadedVersion } from "../../../Domain/job/Jobs.ts"
import { loadError } from "../../../Domain/load/LoadError.ts"
import type { LoadOptions } from "../../../Domain/load/options/LoadOptions.ts"
import type { JobSecret, JobSecrets, SealedSecret } from "./JobSecrets.ts"
import { attemptNumber, type JobRow } from "./record/JobRow.ts"

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
  readonly secret: SealedSecret | null
}

/** The attempt that a worker makes. If its secrets cannot be opened, it has the reason as `unreadable`. */
export const toAttempt = Effect.fnUntraced(function* (
  secrets: JobSecrets["Service"],
  { claim, known, row, secret }: BegunJob,
): Effect.fn.Return<Attempt> {
  const { file_url, options, released, source_id, target_schema, table_name } = row
  const attempt = {
    claim,
    attempt: attemptNumber(claim.retryCount, released),
    schema: target_schema,
    table: table_name,
    ...(source_id === null || known === null ? {} : { refresh: { sourceId: source_id, known } }),
  }
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
