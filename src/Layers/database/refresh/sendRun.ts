import * as Effect from "effect/Effect"
import { randomUUID } from "node:crypto"
import { JobId } from "../../../Domain/job/Job.ts"
import { SchemaNotAllowed } from "../../../Domain/job/Jobs.ts"
import { ordinaryScopes } from "../../../Domain/service/Scope.ts"
import type * as JobStatements from "../jobs/JobStatements.ts"
import { searchedFiles } from "../jobs/creation/storedRequest.ts"
import type { TargetDatabases } from "../jobs/TargetDatabases.ts"
import { sendJob } from "../jobs/creation/sendJob.ts"
import type { SourceRow } from "./SourceRow.ts"

/**
 * Creates a run of a source that the transaction has locked, and that has no unfinished run. It has the rights of an ordinary
 * caller, because the key that created the source may have lost its others.
 */
export const sendRun = Effect.fnUntraced(function* (
  statements: ReturnType<typeof JobStatements.make>,
  source: SourceRow,
  options: {
    readonly isAllowed: (schema: string) => boolean
    /** As in `NewJob`. */
    readonly host: string | null
    readonly targets: TargetDatabases["Service"]
  },
) {
  const { host, isAllowed, targets } = options
  const { target_schema: schema, table_name: tableName } = source
  if (!isAllowed(schema)) return yield* new SchemaNotAllowed({ schema })
  const target = yield* targets.resolve(source.options.target)
  const { id } = yield* sendJob(statements, {
    id: JobId.make(randomUUID()),
    sourceId: source.id,
    caller: { id: source.caller, owner: source.owner, scopes: ordinaryScopes },
    fileUrl: source.file_url,
    shownUrl: source.shown_url,
    ...searchedFiles(source.shown_url, []),
    requestedUrl: source.requested_url,
    options: { ...source.options, schema, tableName },
    secret: null,
    webhook: null,
    idempotencyKey: null,
    requestHashes: [],
    holder: null,
    host,
    apart: yield* targets.apart(target),
  }).pipe(
    // A run has no key, can wait, and may load into a table that exists.
    Effect.catchTag(["IdempotencyKeyReused", "TableBusy", "TableNameTaken"], (bug) => Effect.die(bug)),
  )
  return id
})
