import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type LoadError, loadError } from "../../Domain/LoadError.ts"
import { ClaimLost, CopySink, type TableLoad } from "../../Domain/CopySink.ts"
import { AppConfig } from "../AppConfig.ts"
import { PgBossClient, queueName } from "../queue/PgBossClient.ts"
import { affected, toAttempt } from "../queue/PgBossStatements.ts"
import { binaryHeader, binaryTrailer } from "./BinaryFraming.ts"
import { copyIn } from "./CopyIn.ts"
import { type LoadConnection, LoadConnections } from "./LoadConnections.ts"
import { toLoadError } from "./LoadFailure.ts"
import * as TargetTable from "./TargetTable.ts"

/** `CopySink` on Postgres 15 to 18: one connection, one transaction. */
export const layer = Layer.effect(
  CopySink,
  Effect.gen(function* () {
    const boss = yield* PgBossClient
    const connections = yield* LoadConnections
    const { targetSchema } = yield* AppConfig

    const run = (connection: LoadConnection, load: TableLoad) => {
      const { client } = connection
      const attempt = <A>(statement: () => Promise<A>) =>
        Effect.tryPromise({ try: statement, catch: (cause) => toLoadError(cause, load.table) })
      const query = (text: string, values?: Array<unknown>) => attempt(() => client.query(text, values))

      const copyRows = Effect.fn("CopySink.copy")(function* () {
        let sent = 0
        const rows = Stream.map(load.batches, (batch) => {
          sent += batch.rows
          return batch
        })
        const framed = Stream.make(binaryHeader).pipe(
          Stream.concat(rows),
          Stream.concat(Stream.make(binaryTrailer)),
        )
        const taken = yield* copyIn(client, TargetTable.copy(targetSchema, load.claim), framed).pipe(
          Effect.catchTag("CopyFailed", ({ cause }) => Effect.fail(toLoadError(cause, load.table))),
        )
        if (taken !== sent)
          return yield* loadError("internal_error", `Sent ${sent} rows to Postgres, which took ${taken}.`)
        yield* Effect.annotateCurrentSpan({ "sluice.rows": taken })
        return taken
      })

      /** The fence first: it takes the queue's row lock, in the order in which cancel takes its locks. */
      const settle = Effect.fn("CopySink.commit")(function* (rows: number) {
        yield* load.onSettling
        const db = {
          executeSql: async (text: string, values?: Array<unknown>) => await client.query(text, values),
        }
        const completed = yield* attempt(() =>
          boss.complete(queueName, toAttempt(load.claim), { rows }, { db }),
        )
        if (affected(completed) !== 1) return yield* new ClaimLost({ jobId: load.claim.jobId })
        yield* query(TargetTable.rename(targetSchema, load.claim, load.table))
        const counters = load.counters()
        yield* query(
          `update sluice.job
           set final_state = 'completed', finished_at = clock_timestamp(), error = null, columns = $3,
             rows_loaded = $4, rows_rejected = $5, bytes_received = $6, bytes_total = $7, reported_at = clock_timestamp()
           where id = $1 and retry_count = $2`,
          [
            load.claim.jobId,
            load.claim.retryCount,
            JSON.stringify(load.columns),
            rows,
            counters.rowsRejected,
            counters.bytesReceived,
            counters.bytesTotal,
          ],
        )
        yield* query("commit")
      })

      const transaction = Effect.gen(function* () {
        yield* query(TargetTable.begin(targetSchema, load.claim, load.columns))
        const rows = yield* copyRows()
        // From the fence on there is no way back but the server's: a cancel waits for the row lock.
        yield* Effect.uninterruptible(settle(rows))
        return rows
      })

      return Effect.onExit(transaction, (exit) => (Exit.isSuccess(exit) ? Effect.void : rollback(connection)))
    }

    const load = Effect.fn("CopySink.load")(function* (
      load: TableLoad,
    ): Effect.fn.Return<number, LoadError | ClaimLost, Scope.Scope> {
      const connection = yield* connections.checkout.pipe(
        Effect.mapError((error) =>
          loadError("database_unavailable", `The database did not answer: ${error.message}.`, {
            cause: error,
          }),
        ),
      )
      return yield* run(connection, load)
    }, Effect.scoped)

    return CopySink.of({ load })
  }),
)

/** A server that does not roll back in time is left: closing the connection rolls back as well. */
const rollback = (connection: LoadConnection): Effect.Effect<void> =>
  Effect.tryPromise(() => connection.client.query("rollback")).pipe(
    Effect.timeout("2 seconds"),
    Effect.asVoid,
    Effect.catch((error) =>
      Effect.logDebug("a load's connection is closed instead of rolled back", error).pipe(
        Effect.tap(Effect.sync(() => connection.markBroken())),
      ),
    ),
  )
