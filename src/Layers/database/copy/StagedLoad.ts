import type * as Arr from "effect/Array"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { TableLoad } from "../../../Domain/job/CopySink.ts"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import { conserved, nothingStored, plus, withoutGap } from "./Conservation.ts"
import { retype } from "./ColumnRetyping.ts"
import { copyRows, type Delivery } from "./CopyRows.ts"
import * as LoadSession from "../session/LoadSession.ts"
import * as Settlement from "./Settlement.ts"
import * as TargetTable from "./TargetTable.ts"
import { describeFailure } from "../../process/describeFailure.ts"

/** Batches that wait for a connection beside those being sent: enough to keep all busy, and little memory. */
const waitingPerStream = 2
const none: Delivery["rejects"] = []

/**
 * Deals the batches out to the sessions, each copying in a transaction of its own; answers all that was stored.
 *
 * Rows go to whichever session is free, what was set aside to the first one alone: its transaction is the last
 * to commit, so the records can be stored where they stay and are seen by nobody before.
 */
const dealRows = Effect.fn("CopySink.copy")(function* (
  sessions: Arr.NonEmptyReadonlyArray<LoadSession.LoadSession>,
  load: TableLoad,
  table: string,
) {
  yield* Effect.annotateCurrentSpan({ "sluice.copy.streams": sessions.length })
  const rows = yield* Queue.bounded<Delivery, LoadError | Cause.Done>(waitingPerStream * sessions.length)
  const rejects = yield* Queue.bounded<Delivery, LoadError | Cause.Done>(waitingPerStream)
  const end = Effect.andThen(Queue.end(rows), Queue.end(rejects))
  const deal = withoutGap(load.batches).pipe(
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
      // The copies fail with it, each giving up its own transaction.
      onFailure: (cause) => Effect.andThen(Queue.failCause(rows, cause), Queue.failCause(rejects, cause)),
    }),
  )
  const [settling, ...others] = sessions
  const copies = [
    copyRows(
      { session: settling, load, table },
      Stream.merge(Stream.fromQueue(rejects), Stream.fromQueue(rows)),
    ),
    // Committed at once: a transaction that waited for the slowest could be taken for a dead worker's.
    ...others.map((session) =>
      Effect.tap(copyRows({ session, load, table }, Stream.fromQueue(rows)), () => session.commit),
    ),
  ]
  const [stored] = yield* Effect.all([Effect.all(copies, { concurrency: "unbounded" }), deal], {
    concurrency: "unbounded",
  })
  return stored.reduce(plus, nothingStored)
})

/** What cannot be dropped now, for want of a connection, is left to the sweep. */
const dropStaging = (load: TableLoad, table: string) =>
  LoadSession.open(load.table).pipe(
    Effect.flatMap((session) => session.run(`drop table if exists ${table}`)),
    Effect.scoped,
    Effect.timeout("2 seconds"),
    Effect.catch((error) =>
      Effect.logDebug("a staging table is left to the sweep").pipe(
        Effect.annotateLogs(describeFailure(error)),
      ),
    ),
  )

const fillAndSettle = Effect.fnUntraced(function* (load: TableLoad, table: string, streams: number) {
  const settling = yield* LoadSession.open(load.table)
  const others = yield* Effect.all(Array.from({ length: streams - 1 }, () => LoadSession.open(load.table)))
  const sessions: Arr.NonEmptyReadonlyArray<LoadSession.LoadSession> = [settling, ...others]
  return yield* LoadSession.inTransactions(
    sessions,
    Effect.gen(function* () {
      yield* settling.run(TargetTable.create(table, load.columns))
      yield* Effect.forEach(sessions, (session) => session.run("begin"), { discard: true })
      const stored = yield* dealRows(sessions, load, table)
      yield* conserved(load, stored)
      const columns = yield* retype(settling, load, table)
      yield* Settlement.commit(settling, load, { schema: TargetTable.stagingSchema, columns, stored })
      return stored.rows
    }),
  )
}, Effect.scoped)

/**
 * Loads over several connections. Rows of a transaction that is not committed cannot be seen by another, so
 * the table is filled and committed in the staging schema, which no user reads, and the last transaction
 * moves it into place as it settles the claim. A table that a dead worker has left there is swept.
 */
export const stagedLoad = Effect.fnUntraced(function* (load: TableLoad, streams: number) {
  const table = TargetTable.qualified(TargetTable.stagingSchema, TargetTable.nameWhileLoading(load.claim))
  return yield* Effect.onExit(fillAndSettle(load, table, streams), (exit) =>
    Exit.isSuccess(exit) ? Effect.void : dropStaging(load, table),
  )
})
