import type * as Arr from "effect/Array"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { TableLoad } from "../../../Domain/job/CopySink.ts"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import * as LoadSession from "../session/LoadSession.ts"
import { attemptTable, qualified, stagingSchema } from "../target/AttemptTable.ts"
import type { TargetTable } from "../target/TargetTable.ts"
import { copyRows, type Delivery } from "./copyRows.ts"
import { finishLoad } from "./finishLoad.ts"
import { nothingStored, plus, withoutGap } from "./RecordBalance.ts"

/** Queued batches per connection: enough to keep all connections busy with little memory. */
const queuedPerStream = 2
const none: Delivery["rejects"] = []

/**
 * Distributes the batches to the sessions, each of which copies in its own transaction.
 *
 * Rows go to any session that is free. Rejects go to the first session only: its transaction commits last, so nobody
 * sees them before the load is complete.
 */
const distributeRows = Effect.fn("CopySink.copy")(function* (
  sessions: Arr.NonEmptyReadonlyArray<LoadSession.LoadSession>,
  load: TableLoad,
  table: string,
) {
  yield* Effect.annotateCurrentSpan({ "sluice.copy.streams": sessions.length })
  const { jobId } = load.target.claim
  const rows = yield* Queue.bounded<Delivery, LoadError | Cause.Done>(queuedPerStream * sessions.length)
  const rejects = yield* Queue.bounded<Delivery, LoadError | Cause.Done>(queuedPerStream)
  const end = Effect.andThen(Queue.end(rows), Queue.end(rejects))
  const distribute = withoutGap(load.batches).pipe(
    Stream.runForEachArray((batches) =>
      Effect.andThen(
        Queue.offerAll(
          rows,
          batches.map((batch) => ({ batch, rejects: none })),
        ),
        Queue.offerAll(
          rejects,
          batches
            .filter((batch) => batch.rejects.length > 0)
            .map((batch) => ({ batch: null, rejects: batch.rejects })),
        ),
      ),
    ),
    Effect.matchCauseEffect({
      onSuccess: () => end,
      // Fails the copies too, so that each rolls back its transaction.
      onFailure: (cause) => Effect.andThen(Queue.failCause(rows, cause), Queue.failCause(rejects, cause)),
    }),
  )
  const [settling, ...others] = sessions
  const copies = [
    copyRows(
      { session: settling, jobId, table },
      Stream.merge(Stream.fromQueue(rejects), Stream.fromQueue(rows)),
    ),
    // Each commits at once: waiting for the slowest copy could exceed idle_in_transaction_session_timeout.
    ...others.map((session) =>
      Effect.tap(copyRows({ session, jobId, table }, Stream.fromQueue(rows)), () => session.commit),
    ),
  ]
  const [stored] = yield* Effect.all([Effect.all(copies, { concurrency: "unbounded" }), distribute], {
    concurrency: "unbounded",
  })
  return stored.reduce(plus, nothingStored)
})

/** Drops the staging table. Without a connection, it is left to the sweep. */
const dropStaging = ({ claim, table }: TableLoad["target"]) =>
  LoadSession.open(table).pipe(
    Effect.flatMap((session) =>
      session.run(`drop table if exists ${qualified(stagingSchema, attemptTable(claim))}`),
    ),
    Effect.scoped,
    Effect.timeout("2 seconds"),
    Effect.catch((error) =>
      Effect.logDebug("a staging table is left to the sweep").pipe(
        Effect.annotateLogs(describeFailure(error)),
      ),
    ),
  )

const fillAndSettle = Effect.fnUntraced(function* (
  load: TableLoad,
  targetTable: TargetTable,
  streams: number,
) {
  const { table } = load.target
  const settling = yield* LoadSession.open(table)
  const others = yield* Effect.all(Array.from({ length: streams - 1 }, () => LoadSession.open(table)))
  const sessions: Arr.NonEmptyReadonlyArray<LoadSession.LoadSession> = [settling, ...others]
  return yield* LoadSession.inTransactions(
    sessions,
    Effect.gen(function* () {
      const prepared = yield* targetTable.prepare(settling, load.target, stagingSchema)
      yield* Effect.forEach(sessions, (session) => session.run("begin"), { discard: true })
      const stored = yield* distributeRows(sessions, load, prepared.copyInto)
      return yield* finishLoad(settling, load, prepared, stored)
    }),
  )
}, Effect.scoped)

/**
 * Loads over several connections. A transaction cannot see rows that another one has not committed, so all but the
 * last commit their rows to a table in the staging schema, which no user reads. The last transaction publishes the
 * table and settles the claim. The sweep drops tables that crashed workers leave there.
 */
export const stagedLoad = (load: TableLoad, targetTable: TargetTable, streams: number) =>
  Effect.onExit(fillAndSettle(load, targetTable, streams), (exit) =>
    Exit.isSuccess(exit) ? Effect.void : dropStaging(load.target),
  )
