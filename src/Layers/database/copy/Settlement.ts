import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { TypedColumn } from "../../../Domain/load/Column.ts"
import { quoteIdentifier } from "../../../Domain/load/SqlIdentifier.ts"
import { ClaimLost, type TableLoad } from "../../../Domain/job/CopySink.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import * as JobEnding from "../jobs/JobEnding.ts"
import { PgBossClient, queueName } from "../queue/PgBossClient.ts"
import { affected, toAttempt } from "../queue/PgBossStatements.ts"
import type { Stored } from "./Conservation.ts"
import type { LoadSession } from "../session/LoadSession.ts"
import * as TargetTable from "./TargetTable.ts"

/** A table that is complete and waits to be given its place. */
export interface Filled {
  /** Its schema; its name is the attempt's own. */
  readonly schema: string
  readonly columns: ReadonlyArray<TypedColumn>
  readonly stored: Stored
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
  yield* session.run(
    [
      ...moves,
      `alter table ${TargetTable.qualified(load.schema, name)} rename to ${quoteIdentifier(load.table)}`,
    ].join("; "),
  )
  const { parameters, text } = JobEnding.completed(load.claim, {
    columns: filled.columns,
    compression: load.compression(),
    findings: load.findings(),
    counters: load.counters(),
    stored: filled.stored,
  })
  const [ended] = yield* session.run(text, parameters)
  if (ended !== 1)
    return yield* loadError("internal_error", "The job's record is not this attempt's: nothing is committed.")
  yield* session.commit
  yield* load.onCommitted(rows)
}, limited)
