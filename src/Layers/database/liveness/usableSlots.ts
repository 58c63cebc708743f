import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { Scope } from "effect/Scope"
import * as SqlClient from "effect/sql/SqlClient"
import { AppConfig } from "../../process/AppConfig.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import { extraConnections } from "../../process/settings/workerSettings.ts"
import { replicasWorking } from "../queue/replicaLock.ts"
import { fleetInterval } from "./fleetInterval.ts"

/** Connections that a worker usually has besides those of its loads. */
const workerConnections = 8
/** Connections that workers leave to an API and to others. */
const keptForOthers = 28

/** Times between two counts of the workers. */
const counts = { least: Duration.seconds(1), ofProcess: Duration.seconds(5), most: Duration.seconds(30) }

/** Connections that a server accepts and reserves, and the workers that share them. */
interface Capacity {
  readonly most: number
  readonly reserved: number
  readonly replicas: number
}

const capacity = (sql: SqlClient.SqlClient) =>
  Effect.map(
    sql<Capacity>`
      select current_setting('max_connections')::integer as most,
        current_setting('superuser_reserved_connections')::integer
          + coalesce(current_setting('reserved_connections', true), '0')::integer as reserved,
        greatest(1, (select count(*) from (${sql.literal(replicasWorking)}) as live))::integer as replicas`,
    ([found]) => found,
  )

/**
 * How many loads a worker with this many slots may have. Loads have the connections that remain when each worker and the others
 * have theirs.
 *
 * @param streams connections of one load
 * @param extra connections that all loads share in addition
 */
export const slotsFor = (
  { most, replicas, reserved }: Capacity,
  { extra, slots, streams }: { readonly slots: number; readonly streams: number; readonly extra: number },
): { readonly usable: number; readonly maxConnectionsForAll: number } => {
  const share = Math.floor((most - reserved - keptForOthers) / replicas) - workerConnections - extra
  return {
    usable: Math.max(1, Math.min(slots, Math.floor(share / streams))),
    maxConnectionsForAll: reserved + keptForOthers + replicas * (workerConnections + extra + slots * streams),
  }
}

/**
 * The slots that this worker may use now, so that all workers fit into `max_connections`. Warns when there are fewer than
 * `WORKER_CONCURRENCY`. Counts the workers again and again.
 */
export const usableSlots: Effect.Effect<() => number, never, AppConfig | Scope | SqlClient.SqlClient> =
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { copyStreams, workerConcurrency: slots } = yield* AppConfig
    const needs =
      copyStreams === "auto"
        ? { slots, streams: 1, extra: extraConnections }
        : { slots, streams: copyStreams, extra: 0 }
    let usable = slots
    let workers = 1
    const check = Effect.gen(function* () {
      const found = yield* capacity(sql)
      if (found === undefined) return
      workers = found.replicas
      const before = usable
      const next = slotsFor(found, needs)
      usable = next.usable
      if (usable === before) return
      yield* Effect.annotateLogs(
        usable === slots
          ? Effect.logInfo("Postgres has connections for all slots")
          : Effect.logWarning(
              `Postgres has too few connections for all slots. Set max_connections to at least ${next.maxConnectionsForAll}, or WORKER_CONCURRENCY to at most ${usable}.`,
            ),
        { max_connections: found.most, workers: found.replicas, slots, usable },
      )
    }).pipe(
      Effect.timeout("2 seconds"),
      Effect.catch((error) =>
        Effect.annotateLogs(Effect.logDebug("cannot read the number of connections"), describeFailure(error)),
      ),
    )
    yield* check
    const pause = Effect.flatMap(Random.next, (random) =>
      Effect.sleep(fleetInterval(counts, workers, random)),
    )
    yield* Effect.andThen(pause, check).pipe(
      Effect.forever,
      Effect.withTracerEnabled(false),
      Effect.forkScoped,
    )
    return () => usable
  })
