import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Findings } from "../../../Domain/load/Findings.ts"
import type { TypedColumn } from "../../../Domain/load/Column.ts"
import { quoteIdentifier, quoteLiteral } from "../../../Domain/load/SqlIdentifier.ts"
import { ClaimLost, type TableLoad } from "../../../Domain/job/CopySink.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import { endedStatement } from "../liveness/ClaimRecords.ts"
import { PgBossClient, queueName } from "../queue/PgBossClient.ts"
import { affected, toAttempt } from "../queue/PgBossStatements.ts"
import type { Stored } from "./Conservation.ts"
import type { LoadSession } from "../session/LoadSession.ts"
import * as TargetTable from "./TargetTable.ts"

const encodeFindings = Schema.encodeSync(Findings)

const bigint = (value: number | null): string => (value === null ? "null" : String(Math.trunc(value)))

const text = (value: string | null): string => (value === null ? "null" : quoteLiteral(value))

/** A table that is complete and waits to be given its place. */
export interface Filled {
  /** Its schema; its name is the attempt's own. */
  readonly schema: string
  readonly columns: ReadonlyArray<TypedColumn>
  readonly stored: Stored
}

/** The job's record at its happy end. Times are of this moment, not of the transaction's long gone start. */
const completeRecord = (load: TableLoad, { columns, stored }: Filled): string => {
  const { bytesReceived, bytesTotal, resumes } = load.counters()
  return `
    update sluice.job
    set final_state = 'completed', finished_at = clock_timestamp(), reported_at = clock_timestamp(),
      file_url = shown_url, error = null, columns = ${quoteLiteral(JSON.stringify(columns))}::jsonb,
      compression = ${text(load.compression())}, findings = ${quoteLiteral(JSON.stringify(encodeFindings(load.findings())))}::jsonb,
      rows_loaded = ${bigint(stored.rows)}, rows_rejected = ${bigint(stored.rejects)}, resumes = ${bigint(resumes)},
      bytes_received = ${bigint(bytesReceived)}, bytes_total = ${bigint(bytesTotal)}
    where id = ${quoteLiteral(load.claim.jobId)}::uuid and retry_count = ${load.claim.retryCount}`
}

/** Much longer than any of it takes. A database that hangs must not hold up a shutdown for ever. */
const longest = Duration.seconds(30)

const limited = <A, R>(settling: Effect.Effect<A, LoadError | ClaimLost, R>) =>
  settling.pipe(
    Effect.timeoutOrElse({
      duration: longest,
      orElse: () =>
        Effect.fail(loadError("database_unavailable", "The database hung while the load was committed.")),
    }),
    Effect.uninterruptible,
  )

/**
 * Ends a load's transaction: settles the claim, gives the filled table its place and name, completes the
 * job's record and commits. Not interruptible: from the fence on, a cancel waits for the row lock and then
 * finds the job completed.
 */
export const commit = Effect.fn("CopySink.commit")(function* (
  session: LoadSession,
  load: TableLoad,
  filled: Filled,
): Effect.fn.Return<void, LoadError | ClaimLost, PgBossClient> {
  const { rows } = filled.stored
  const boss = yield* PgBossClient
  yield* load.onSettling
  // The fence first: the queue's row is locked before the record's, as a cancel does it.
  const completed = yield* session.attempt(() =>
    boss.complete(queueName, toAttempt(load.claim), { rows }, { db: session.db }),
  )
  if (affected(completed) !== 1) return yield* new ClaimLost({ jobId: load.claim.jobId })
  const name = TargetTable.nameWhileLoading(load.claim)
  const moves =
    filled.schema === load.schema
      ? []
      : [
          `alter table ${TargetTable.qualified(filled.schema, name)} set schema ${quoteIdentifier(load.schema)}`,
        ]
  const touched = yield* session.run(
    [
      ...moves,
      `alter table ${TargetTable.qualified(load.schema, name)} rename to ${quoteIdentifier(load.table)}`,
      endedStatement(load.claim.jobId),
      completeRecord(load, filled),
    ].join("; "),
  )
  if (touched.at(-1) !== 1)
    return yield* loadError("internal_error", "The job's record is not this attempt's: nothing is committed.")
  yield* session.commit
  yield* load.onCommitted(rows)
}, limited)
