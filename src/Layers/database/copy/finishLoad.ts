import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { ClaimLost, type TableLoad } from "../../../Domain/job/CopySink.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import type { LoadWarning } from "../../../Domain/load/LoadWarning.ts"
import { messagingSpan, settleSpan } from "../../../Domain/telemetry/messaging.ts"
import * as JobEnding from "../jobs/JobEnding.ts"
import { PgBossClient } from "../queue/PgBossClient.ts"
import { queueName } from "../queue/queueTable.ts"
import { affected, toAttempt } from "../queue/PgBossStatements.ts"
import type { LoadSession } from "../session/LoadSession.ts"
import type { PreparedTable } from "../target/TargetTable.ts"
import { checkBalance, type Stored } from "./LineBalance.ts"

/** Far longer than a commit takes. A database that hangs must not delay a shutdown forever. */
const commitTimeout = Duration.seconds(30)

const withCommitTimeout = <A, R>(commit: Effect.Effect<A, LoadError | ClaimLost, R>) =>
  commit.pipe(
    Effect.timeoutOrElse({
      duration: commitTimeout,
      orElse: () =>
        Effect.fail(loadError("database_unavailable", "The database hung while the load was committed.")),
    }),
    Effect.uninterruptible,
  )

/**
 * Settles the claim, publishes the rows, completes the job's record and commits. Not interruptible: once the claim is
 * settled, a cancel waits for the row lock and then sees that the job is completed.
 */
const commit = Effect.fn("CopySink.commit")(function* (
  session: LoadSession,
  { hooks, target: { claim } }: TableLoad,
  publish: string,
  result: Parameters<typeof JobEnding.completed>[1],
): Effect.fn.Return<void, LoadError | ClaimLost, PgBossClient> {
  const { rows } = result.stored
  const boss = yield* PgBossClient
  yield* hooks.onSettling
  // The queue's row is locked before the job's record, in the same order as by a cancel.
  const completed = yield* session
    .attempt(() => boss.complete(queueName, toAttempt(claim), { rows }, { db: session.db }))
    .pipe(Effect.withSpan(messagingSpan("settle"), settleSpan(claim.jobId)))
  if (affected(completed) !== 1) return yield* new ClaimLost({ jobId: claim.jobId })
  yield* session.run(publish)
  const [ended] = yield* session.run(JobEnding.completed(claim, result))
  if (ended !== 1)
    return yield* loadError(
      "internal_error",
      "The job's record does not belong to this attempt. Nothing was committed.",
    )
  yield* session.commit
  yield* hooks.onCommitted(rows)
}, withCommitTimeout)

/**
 * Ends a load after its last row: checks the counts, converts the rows, commits. Returns the number of rows.
 *
 * @param warnings of the storing, which the reader does not know
 */
export const finishLoad = Effect.fnUntraced(function* (
  session: LoadSession,
  load: TableLoad,
  prepared: PreparedTable,
  stored: Stored,
  warnings: ReadonlyArray<LoadWarning>,
) {
  const read = yield* load.summary
  const summary = {
    ...read,
    findings: { ...read.findings, warnings: [...read.findings.warnings, ...warnings] },
  }
  for (const { code, message } of warnings)
    yield* Effect.annotateLogs(Effect.logWarning(message), { job_id: load.target.claim.jobId, warning: code })
  yield* checkBalance(summary, stored)
  const columns = yield* prepared.convert(summary.changes)
  yield* commit(session, load, prepared.publish, { ...summary, columns, stored })
  return stored.rows
})
