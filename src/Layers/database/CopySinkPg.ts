import * as Arr from "effect/Array"
import * as ByteSize from "effect/ByteSize"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { availableParallelism } from "node:os"
import { ClaimLost, CopySink, type CopyTarget, type TableLoad } from "../../Domain/job/CopySink.ts"
import type { FileUnchanged } from "../../Domain/source/FileVersion.ts"
import { JobChanges } from "../../Domain/job/changes/JobChanges.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import { AppConfig } from "../process/AppConfig.ts"
import { extraConnections, maxCopyStreams } from "../process/settings/workerSettings.ts"
import { describeFailure } from "../process/describeFailure.ts"
import { noKeys } from "../../Domain/load/columns/planKeys.ts"
import { KeptAllowance } from "./copy/KeptAllowance.ts"
import { distributeRows } from "./copy/distributeRows.ts"
import { finishLoad } from "./copy/finishLoad.ts"
import { loadAtOnce, onlyFormat } from "./copy/loadAtOnce.ts"
import { withoutGap } from "./copy/LineBalance.ts"
import { readsText } from "./copy/readsText.ts"
import { takeSmall } from "./copy/takeSmall.ts"
import { tablesUnavailable } from "./jobs/TablesApart.ts"
import { TargetDatabases } from "./jobs/TargetDatabases.ts"
import type { LoadConnections } from "./session/LoadConnections.ts"
import * as LoadSession from "./session/LoadSession.ts"
import { qualified } from "./target/AttemptTable.ts"
import { hasKeys } from "./target/buildKeys.ts"
import { appendedTable, canAppend } from "./target/merge/AppendedTable.ts"
import { orBusy } from "./target/merge/lockTable.ts"
import { mergedTable } from "./target/merge/MergedTable.ts"
import { violated } from "./target/merge/violated.ts"
import { newTable } from "./target/NewTable.ts"
import { notifyingPostgrest, notifyPostgrest } from "./target/notifyPostgrest.ts"
import { withRecordNumbers } from "./target/merge/recordColumn.ts"
import type { TargetTable } from "./target/TargetTable.ts"

/** For smaller files, a second connection costs more than it gains. */
const multiStreamSize = ByteSize.toNumberUnsafe(ByteSize.mebibytes(64))

/**
 * In bytes. Smaller files are loaded in one message. Freezing their rows costs more than VACUUM ever will: it makes another file for
 * the table.
 */
const smallSize = ByteSize.toNumberUnsafe(ByteSize.kibibytes(32))

/**
 * How many connections a load could use with `COPY_STREAMS=auto`. The server's number of processors would decide, but
 * Postgres does not report it, so this machine's is used. A file of unknown size gets one connection.
 */
const autoStreams = (bytesTotal: number | null): number =>
  bytesTotal === null || bytesTotal < multiStreamSize ? 1 : Math.min(availableParallelism(), maxCopyStreams)

/** How the rows reach the user's table. */
const targetOf = ({ mayBeUnchanged = false, merge }: CopyTarget): TargetTable => {
  if (merge?.existing === undefined) return newTable
  const intoExisting = { ...merge, existing: merge.existing }
  return !mayBeUnchanged && canAppend(intoExisting) ? appendedTable(intoExisting) : mergedTable(intoExisting)
}

/**
 * Over one connection, a load is one transaction. Nothing exists outside of it, so a crash leaves nothing to clean up.
 *
 * A transaction cannot see a table or rows that another one has not committed. So with several connections, the table
 * is created first, in the staging schema, which no user reads, and all but the first connection commit their rows to
 * it. The first connection's transaction then publishes the table and settles the claim. `StagingSweep` drops the
 * tables that crashed workers leave there.
 */
const fillAndSettle = Effect.fnUntraced(function* (
  load: TableLoad,
  table: TargetTable,
  streams: number,
  copyInto: string,
  allowance: KeptAllowance,
) {
  const { claim } = load.target
  const queriesRows = load.target.merge !== undefined
  const sessions = yield* Effect.all(Arr.makeBy(streams, () => LoadSession.open(load.target, queriesRows)))
  const [settling] = sessions
  return yield* LoadSession.inTransactions(
    sessions,
    Effect.gen(function* () {
      const prepared = table.prepare(settling, load.target, copyInto)
      const batches = prepared.numbersRows ? Stream.map(load.batches, withRecordNumbers) : load.batches
      if (streams === 1) {
        yield* settling.later(`${settling.begin}; ${prepared.create}`)
      } else {
        yield* settling.run(prepared.create)
        yield* Effect.forEach(sessions, (session) => session.run(session.begin), { discard: true })
      }
      yield* prepared.open
      const destination = {
        jobId: claim.jobId,
        table: copyInto,
        allowance,
        freezes: streams === 1 && !table.isDirect && (load.target.bytesTotal ?? Infinity) >= smallSize,
        retype: prepared.retype,
      }
      const stored = yield* distributeRows(sessions, batches, destination).pipe(
        Effect.mapError(violated),
        orBusy(qualified(load.target.schema, load.target.table)),
      )
      return yield* finishLoad(settling, load, prepared, stored, allowance.warnings)
    }),
  )
}, Effect.scoped)

/** Whether a load may be one message: it makes a new table of rows as they are, and its file is small as far as it is known. */
const isSmall = ({ bytesTotal, keys = noKeys, mayBeUnchanged, merge }: CopyTarget): boolean =>
  (bytesTotal ?? Infinity) < smallSize && merge === undefined && !hasKeys(keys) && mayBeUnchanged !== true

/**
 * Reads a small load to its end and loads it in one message, if that is possible. Otherwise returns what is left to do.
 *
 * @param others statements that the transaction of the message has too
 */
const trySmall = Effect.fnUntraced(function* (load: TableLoad, others: ReadonlyArray<string>) {
  const taken = yield* takeSmall(load.batches)
  if (Stream.isStream(taken)) return { ...load, batches: taken }
  const read = yield* load.summary
  const format = onlyFormat(taken)
  // What a source knows of its table is stored with the fence, so the table has to exist by then.
  if (format === undefined || read.changes.length > 0 || read.version !== undefined)
    return { ...load, batches: Stream.fromIterable(taken), summary: Effect.succeed(read) }
  return yield* Effect.scoped(
    Effect.flatMap(LoadSession.open(load.target), (session) =>
      loadAtOnce(session, load, { batches: taken, format, read, others }),
    ),
  )
})

/** Drops the staging table. Without a connection, it is left to the sweep. */
const dropStaging = (target: CopyTarget, copyInto: string) =>
  LoadSession.open(target).pipe(
    Effect.flatMap((session) => session.run(`drop table if exists ${copyInto}`)),
    Effect.scoped,
    Effect.timeout("2 seconds"),
    Effect.catch((error) =>
      Effect.annotateLogs(Effect.logDebug("a staging table is left to the sweep"), describeFailure(error)),
    ),
  )

/**
 * `CopySink` on Postgres 15 to 18.
 *
 * @param connectionsOf makes the connections to one database, which loads into it share
 */
export const layer = <E, R>(connectionsOf: Layer.Layer<LoadConnections, E, R>) =>
  Layer.effect(
    CopySink,
    Effect.gen(function* () {
      const { copyStreams, maxRejectsKept, notifiesPostgrest } = yield* AppConfig
      const changes = yield* JobChanges
      const { each, resolve } = yield* TargetDatabases
      const connections = yield* each(connectionsOf)
      let extra = extraConnections
      /** As many connections more than one as the load could use and other loads have left. */
      const takeExtra = (wanted: number) =>
        Effect.acquireRelease(
          Effect.sync(() => {
            const taken = Math.min(wanted, extra)
            extra -= taken
            return taken
          }),
          (taken) =>
            Effect.sync(() => {
              extra += taken
            }),
        )
      const load = Effect.fn("CopySink.load")(function* (
        given: TableLoad,
      ): Effect.fn.Return<number, LoadError | ClaimLost | FileUnchanged, LoadConnections | Scope.Scope> {
        const found = targetOf(given.target)
        const table = notifiesPostgrest ? notifyingPostgrest(found, given.target) : found
        const wanted = table.isDirect ? 1 : copyStreams
        const streams =
          wanted === "auto" ? 1 + (yield* takeExtra(autoStreams(given.target.bytesTotal) - 1)) : wanted
        const ordered = { ...given, batches: withoutGap(given.batches) }
        const load =
          streams === 1 && isSmall(given.target)
            ? yield* trySmall(ordered, notifiesPostgrest ? [notifyPostgrest] : [])
            : ordered
        if (typeof load === "number") {
          yield* changes.announce(given.target.claim.jobId)
          return load
        }
        const allowance = new KeptAllowance(maxRejectsKept)
        const copyInto = table.copyInto(load.target, streams)
        const rows = yield* Effect.onExit(fillAndSettle(load, table, streams, copyInto, allowance), (exit) =>
          streams === 1 || Exit.isSuccess(exit) ? Effect.void : dropStaging(load.target, copyInto),
        )
        yield* changes.announce(load.target.claim.jobId)
        return rows
      }, Effect.scoped)
      const main = yield* resolve(undefined).pipe(Effect.flatMap(connections), Effect.orDie)
      return CopySink.of({
        readsText: yield* Effect.cached(Effect.provide(readsText, main)),
        into: (target, end) => (batches) =>
          connections(target.target).pipe(
            Effect.mapError(tablesUnavailable),
            Effect.flatMap((context) =>
              // The caller's context wins, because it has the span.
              Effect.updateContext(load({ target, batches, ...end }), (callers: Context.Context<never>) =>
                Context.merge(context, callers),
              ),
            ),
          ),
      })
    }),
  )
