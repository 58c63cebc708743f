import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Pool, type PoolClient } from "pg"
import { shownTarget } from "../../../Domain/load/columns/target/RecordedTarget.ts"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { AppConfig } from "../../process/AppConfig.ts"
import { extraConnections } from "../../process/settings/workerSettings.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import { loadRoleOf } from "../postgres/DatabaseRole.ts"
import { idleTimeout } from "../postgres/Database.ts"
import { unavailable } from "../postgres/DatabaseFailure.ts"
import { DatabaseServer } from "../postgres/DatabaseServer.ts"
import { NamedTarget } from "../postgres/TargetDatabase.ts"
import { detectDeadClient } from "../settings/SessionSettings.ts"
import { setPlans } from "./planSettings.ts"
import { observePool } from "./observePool.ts"
import { requestCancel, streamOf } from "./CancelRequest.ts"

/**
 * The timeouts keep a paused or disconnected worker from holding transactions and locks. The formats are those in which a
 * typed column is printed as its values were written.
 */
const settings = {
  ...detectDeadClient,
  idle_in_transaction_session_timeout: "30s",
  statement_timeout: "0",
  lock_timeout: "5s",
  datestyle: "ISO",
  // Has all times of day on all days, unlike zones with summer time.
  timezone: "UTC",
  extra_float_digits: "1",
  // The disk writes a new table during COPY. Otherwise it begins at the commit, which then takes most of a second for 500 MB.
  backend_flush_after: "512kB",
}

/** A checked-out connection. It is returned to the pool, or closed if it was marked as broken. */
export interface LoadConnection {
  readonly client: PoolClient
  markBroken(): void
  /** Asks the server to cancel the current statement. Returns whether the request was delivered. */
  readonly requestCancel: Effect.Effect<boolean>
  /** Closes the connection at once, even during a statement. The server rolls back. */
  readonly destroy: Effect.Effect<void>
}

/** The connections of loads, opened on demand and kept open between jobs. */
export class LoadConnections extends Context.Service<
  LoadConnections,
  {
    /** @param jobId of the load, for the log */
    readonly checkout: (jobId?: string) => Effect.Effect<LoadConnection, ServiceUnavailable, Scope.Scope>
  }
>()("sluice/Layers/session/LoadConnections") {
  /** @param settingsOf name and slots of the pool */
  private static readonly layerFor = (
    settingsOf: (config: AppConfig["Service"]) => { readonly name: string; readonly slots: number },
  ) =>
    Layer.effect(
      LoadConnections,
      Effect.gen(function* () {
        const server = yield* DatabaseServer
        const config = yield* AppConfig
        const { name, slots } = settingsOf(config)
        const role = loadRoleOf(server.user)
        const { copyStreams } = config
        // Enough for every slot: otherwise two loads could wait for each other's connections.
        const max = copyStreams === "auto" ? slots + extraConnections : slots * copyStreams
        const context = yield* Effect.context<never>()
        const target = yield* NamedTarget
        const report = (error: Error, jobId?: string) =>
          Effect.runForkWith(context)(
            Effect.annotateLogs(Effect.logWarning("a load connection was lost"), {
              ...(jobId === undefined ? {} : { job_id: jobId }),
              target: shownTarget(target),
              ...describeFailure(error),
            }),
          )
        const connection = server.clientConfig({
          applicationName: "sluice load",
          settings: role === undefined ? settings : { ...settings, role },
          connectTimeout: 10_000,
        })
        const pool = yield* Effect.acquireRelease(
          Effect.sync(() => {
            const pool = new Pool({
              ...connection,
              max,
              idleTimeoutMillis: Duration.toMillis(idleTimeout),
              keepAlive: true,
              onConnect: async (client) => {
                await client.query(setPlans)
              },
            })
            // Without a listener, a connection that breaks while idle ends the process.
            pool.on("error", (error) => report(error))
            return pool
          }),
          (pool) =>
            Effect.tryPromise(() => pool.end()).pipe(
              Effect.catch((error) =>
                Effect.annotateLogs(
                  Effect.logWarning("load connections did not close cleanly"),
                  describeFailure(error),
                ),
              ),
            ),
        )

        yield* observePool(target === null ? name : `${name} ${target}`, pool, max)

        const connect = Effect.tryPromise({
          try: async (signal) => {
            const client = await pool.connect()
            if (signal.aborted) client.release()
            return client
          },
          catch: (cause) => unavailable("connect to the database", cause),
        })

        const lease = (client: PoolClient, jobId?: string) => {
          let isBroken = false
          const onError = (error: Error) => {
            isBroken = true
            report(error, jobId)
          }
          client.on("error", onError)
          return {
            client,
            markBroken: () => {
              isBroken = true
            },
            requestCancel: requestCancel(connection, client),
            destroy: Effect.sync(() => {
              isBroken = true
              streamOf(client).destroy()
            }),
            release: () => {
              client.off("error", onError)
              client.release(isBroken)
            },
          }
        }

        const checkout = (jobId?: string) =>
          Effect.acquireRelease(
            Effect.map(connect, (client) => lease(client, jobId)),
            (leased) => Effect.sync(leased.release),
            { interruptible: true },
          )
        return LoadConnections.of({ checkout })
      }),
    )

  static readonly layer = LoadConnections.layerFor(({ workerConcurrency: slots }) => ({
    name: "load",
    slots,
  }))

  /** Other connections than those of a worker in the same process, so that uploads do not wait for its loads. */
  static readonly layerUploads = LoadConnections.layerFor(({ uploadConcurrency: slots }) => ({
    name: "upload",
    slots,
  }))
}
