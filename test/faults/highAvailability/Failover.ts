import * as Effect from "effect/Effect"
import type { QueryResultRow } from "pg"
import * as QueryPool from "../QueryPool.ts"
import type { Cluster } from "./Cluster.ts"

/** What happens to the database while jobs are posted and loaded. */
export interface Failover {
  readonly name: string
  /** Whether a commit waits for the standby. */
  readonly isSynchronous: boolean
  /** The connection string of the service's processes. */
  readonly url: (cluster: Cluster, database: string) => string
  readonly happen: (cluster: Cluster) => Effect.Effect<void>
}

/** How long the standby of the asynchronous case has received nothing when the leader is killed. */
const lag = "3 seconds"

const walReceiver = "select pid from pg_stat_wal_receiver"

/** Stops the process that receives the leader's log, so that commits of the next moments exist on the leader only. */
const killLeaderWithLag = Effect.fnUntraced(function* (cluster: Cluster) {
  const standby = yield* QueryPool.make(yield* cluster.standbyUrl)
  const [receiver] = yield* standby<QueryResultRow & { readonly pid: number }>(walReceiver)
  process.kill(receiver!.pid, "SIGSTOP")
  yield* Effect.sleep(lag)
  yield* cluster.killLeader.pipe(
    Effect.raceFirst(
      Effect.gen(function* () {
        // The leader is dead by then. The receiver ends before it reads what the kernel has buffered.
        yield* Effect.sleep("2 seconds")
        process.kill(receiver!.pid, "SIGTERM")
        process.kill(receiver!.pid, "SIGCONT")
        return yield* Effect.never
      }),
    ),
  )
}, Effect.scoped)

export const failovers: ReadonlyArray<Failover> = [
  {
    name: "leader killed",
    isSynchronous: true,
    url: (cluster, database) => cluster.proxyUrl(database),
    happen: (cluster) => cluster.killLeader,
  },
  {
    name: "planned switchover",
    isSynchronous: true,
    url: (cluster, database) => cluster.proxyUrl(database),
    happen: (cluster) => cluster.switchOver,
  },
  {
    name: "leader killed, without a proxy",
    isSynchronous: true,
    url: (cluster, database) => cluster.hostsUrl(database),
    happen: (cluster) => cluster.killLeader,
  },
  {
    name: "leader killed, asynchronous standby",
    isSynchronous: false,
    url: (cluster, database) => cluster.proxyUrl(database),
    happen: killLeaderWithLag,
  },
]
