import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { CopyBatch, TableLoad } from "../../Domain/CopySink.ts"
import type { LoadError } from "../../Domain/LoadError.ts"
import { copyRows } from "./CopyRows.ts"
import * as LoadSession from "./LoadSession.ts"
import * as Settlement from "./Settlement.ts"
import * as TargetTable from "./TargetTable.ts"
import { described } from "../Failure.ts"

/** Batches that wait for a connection beside those being sent: enough to keep all busy, and little memory. */
const waitingPerStream = 2

/** Deals the batches out to the sessions, each copying in a transaction of its own; answers all rows. */
const dealRows = Effect.fn("CopySink.copy")(function* (
  sessions: ReadonlyArray<LoadSession.LoadSession>,
  load: TableLoad,
  table: string,
) {
  yield* Effect.annotateCurrentSpan({ "sluice.copy.streams": sessions.length })
  const queue = yield* Queue.bounded<CopyBatch, LoadError | Cause.Done>(waitingPerStream * sessions.length)
  const deal = load.batches.pipe(
    Stream.runForEachArray((batches) => Queue.offerAll(queue, batches)),
    Effect.matchCauseEffect({
      onSuccess: () => Queue.end(queue),
      // The copies fail with it, each giving up its own transaction.
      onFailure: (cause) => Queue.failCause(queue, cause),
    }),
  )
  const copies = sessions.map((session) => copyRows(session, table, Stream.fromQueue(queue)))
  const [taken] = yield* Effect.all([Effect.all(copies, { concurrency: "unbounded" }), deal], {
    concurrency: "unbounded",
  })
  return taken.reduce((sum, some) => sum + some, 0)
})

const inTransactions = <A, E, R>(
  sessions: ReadonlyArray<LoadSession.LoadSession>,
  effect: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> => sessions.reduce((inner, session) => session.inTransaction(inner), effect)

/** What cannot be dropped now, for want of a connection, is left to the sweep. */
const dropStaging = (load: TableLoad, table: string) =>
  LoadSession.open(load.table).pipe(
    Effect.flatMap((session) => session.run(`drop table if exists ${table}`)),
    Effect.scoped,
    Effect.timeout("2 seconds"),
    Effect.catch((error) =>
      Effect.logDebug("a staging table is left to the sweep").pipe(Effect.annotateLogs(described(error))),
    ),
  )

const fillAndSettle = Effect.fnUntraced(function* (load: TableLoad, table: string, streams: number) {
  const settling = yield* LoadSession.open(load.table)
  const others = yield* Effect.all(Array.from({ length: streams - 1 }, () => LoadSession.open(load.table)))
  const sessions = [settling, ...others]
  return yield* inTransactions(
    sessions,
    Effect.gen(function* () {
      yield* settling.run(TargetTable.create(table, load.columns))
      yield* Effect.forEach(sessions, (session) => session.run("begin"), { discard: true })
      const rows = yield* dealRows(sessions, load, table)
      yield* Effect.forEach(others, (session) => session.run("commit"), { discard: true })
      yield* Settlement.commit(settling, load, { rows, filled: TargetTable.stagingSchema })
      return rows
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
