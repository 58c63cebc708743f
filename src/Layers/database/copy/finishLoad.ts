import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Claim } from "../../../Domain/job/Claim.ts"
import { enterPhase } from "../../../Domain/job/attempts/AttemptTimeline.ts"
import { ClaimLost, type TableLoad } from "../../../Domain/job/CopySink.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import type { LoadWarning } from "../../../Domain/load/LoadWarning.ts"
import { messagingSpan, settleSpan } from "../../../Domain/telemetry/messaging.ts"
import { attemptEnd } from "../jobs/record/attemptHistory.ts"
import * as JobEnding from "../jobs/ending/JobEnding.ts"
import type { CompletedLoad } from "../jobs/record/finalColumns.ts"
import { TablesApart } from "../jobs/TablesApart.ts"
import { withSetPlans } from "../session/planSettings.ts"
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

/** A short outage of the queue. After a longer one, the next attempt settles the job, or the sweep does. */
const settleRetries = Schedule.spaced("500 millis").pipe(Schedule.upTo({ times: 10 }))

/** The rows are committed in another database than the queue, which is the next to know. */
const settleApart = ({ settle }: NonNullable<(typeof TablesApart)["Service"]>, { jobId }: Claim) =>
  settle(jobId).pipe(
    Effect.retry(settleRetries),
    Effect.mapError((cause) =>
      loadError(
        "database_unavailable",
        `The table is complete, but the queue does not know it yet: ${cause.message}.`,
        { cause },
      ),
    ),
  )

/**
 * Settles the claim and completes the job's record with `send`, which commits. Not interruptible: once the claim is settled, a
 * cancel waits for the row lock and then sees that the job is completed.
 *
 * @param send sends the fence, which has been left for later, in the message that commits. If the claim is lost, the server does
 * not execute what follows it. The queue's row is locked before the job's record, in the same order as by a cancel.
 */
export const settleWith = Effect.fn("CopySink.commit")(function* (
  session: LoadSession,
  { hooks, target: { claim, merge } }: TableLoad,
  result: Omit<CompletedLoad, "attempt">,
  send: Effect.Effect<unknown, LoadError>,
): Effect.fn.Return<void, LoadError | ClaimLost> {
  const apart = yield* TablesApart
  const completion = { ...JobEnding.completion, ...apart?.fence }
  yield* hooks.onSettling
  yield* session.prepareLater(completion.name, completion.statement)
  if (merge !== undefined) yield* session.later(withSetPlans)
  const attempt = yield* attemptEnd("completed")
  yield* session.later(completion.execute(claim, { ...result, attempt }))
  yield* enterPhase("committing")
  yield* send.pipe(
    Effect.withSpan(messagingSpan("settle"), settleSpan(claim.jobId)),
    Effect.catchIf(
      ({ cause }) => completion.isClaimLost(cause),
      () => Effect.fail(new ClaimLost({ jobId: claim.jobId })),
    ),
    Effect.mapError((error) =>
      error._tag === "LoadError" && completion.isWithoutRecord(error.cause)
        ? loadError(
            "internal_error",
            "The job's record does not belong to this attempt. Nothing was committed.",
          )
        : error,
    ),
  )
  if (apart !== null) yield* settleApart(apart, claim)
  yield* hooks.onCommitted(result.stored.rows, result.rowChanges)
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
  yield* checkBalance(read, stored)
  const converted = yield* prepared.convert(read.changes, stored.rows)
  const added = [...warnings, ...converted.warnings]
  for (const { code, message } of added)
    yield* Effect.annotateLogs(Effect.logWarning(message), { job_id: load.target.claim.jobId, warning: code })
  const { columns, changes } = converted
  const { schemaChanges = null } = load.target
  const publishing = Effect.andThen(session.later(prepared.publish()), session.commit)
  yield* settleWith(
    session,
    load,
    {
      ...read,
      findings: { ...read.findings, warnings: [...read.findings.warnings, ...added] },
      columns,
      rowChanges: changes,
      schemaChanges,
      stored,
    },
    publishing,
  )
  return stored.rows
})
