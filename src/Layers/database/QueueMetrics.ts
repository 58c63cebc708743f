import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import { SourceState } from "../../Domain/refresh/RefreshedSource.ts"
import * as OutageLog from "../../Domain/service/OutageLog.ts"
import { withTimeout } from "../../Domain/service/withTimeout.ts"
import { observe } from "../../Domain/telemetry/Metrics.ts"
import { describeFailure } from "../process/describeFailure.ts"
import { type HostLimitValues, SourceHosts } from "../process/SourceHosts.ts"
import { leavingLock, replicaLock } from "./queue/replicaLock.ts"
import { queueName } from "./queue/queueTable.ts"
import { waitingJobs } from "./queue/waitingJobs.ts"

/** Time between two readings, however often metrics are scraped. */
const interval = "15 seconds"

interface QueueState {
  readonly waiting: number
  /** Due jobs whose hosts are full or held. */
  readonly host: number
  /** Due jobs for databases that no worker reaches. */
  readonly target: number
  readonly heldHosts: number
  readonly retrying: number
  readonly active: number
  /** Seconds that the oldest job that may be claimed has waited. */
  readonly oldestAge: number
  /** Seconds since the oldest heartbeat of an active job. */
  readonly heartbeatAge: number
  readonly replicas: number
  readonly sources: Readonly<Record<string, number>>
}

/** The first key of an advisory lock in pg_locks. */
const key = (sql: SqlClient.SqlClient, lock: string) => sql.literal(`(${lock}::bigint & 4294967295)::oid`)

const readQueue = (sql: SqlClient.SqlClient, hosts: HostLimitValues) => sql<QueueState>`
  with ${sql.literal(waitingJobs(hosts))}, active as (
    select coalesce(heartbeat_on, started_on) as heartbeat from boss.job
    where name = ${queueName} and state = 'active'
  )
  select for_worker::integer as waiting, for_host::integer as host, for_target::integer as target, retrying::integer,
    oldest_age::float8 as "oldestAge",
    (select count(*) from sluice.held_host where held_until > now())::integer as "heldHosts",
    (select count(*) from active)::integer as active,
    coalesce(extract(epoch from now() - (select min(heartbeat) from active)), 0)::float8 as "heartbeatAge",
    (select coalesce(jsonb_object_agg(state, sources), '{}') from (
      select state, count(*) as sources from sluice.source group by state
    ) as by_state) as sources,
    -- those that take jobs
    (select count(*) filter (where classid = ${key(sql, replicaLock)}) - count(*) filter (where classid = ${key(sql, leavingLock)})
     from pg_locks
     where locktype = 'advisory' and objsubid = 2 and mode = 'ExclusiveLock' and granted
       and database = (select oid from pg_database where datname = current_database()))::integer as replicas
  from waiting`

/** Reads the queue's metrics from the database. Every API has them, so they exist while no worker runs. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const hosts = yield* SourceHosts
    const outage = OutageLog.make("the queue's metrics cannot be read")
    let state: QueueState | undefined
    const read = readQueue(sql, hosts).pipe(
      withTimeout(Duration.seconds(5), "read the queue's metrics"),
      Effect.flatMap(([row]) => {
        state = row
        return outage.succeeded
      }),
      // An old value would hide that nobody knows the current one.
      Effect.catch((failure) => {
        state = undefined
        return outage.failed(describeFailure(failure))
      }),
    )
    for (const each of ["waiting", "host", "target", "retrying", "active"] as const)
      yield* observe("sluice.queue.jobs", { state: each }, () => state?.[each] ?? Number.NaN)
    yield* observe("sluice.hosts.held", {}, () => state?.heldHosts ?? Number.NaN)
    yield* observe("sluice.queue.oldest_age", {}, () => state?.oldestAge ?? Number.NaN)
    yield* observe("sluice.worker.heartbeat_age", {}, () => state?.heartbeatAge ?? Number.NaN)
    for (const each of SourceState.literals)
      yield* observe("sluice.sources", { state: each }, () =>
        state === undefined ? Number.NaN : (state.sources[each] ?? 0),
      )
    yield* observe("sluice.worker.replicas", {}, () => state?.replicas ?? Number.NaN)
    // The first reading precedes the first scrape.
    yield* Effect.withTracerEnabled(read, false)
    yield* Effect.forkScoped(
      Effect.withTracerEnabled(Effect.repeat(Effect.delay(read, interval), Schedule.forever), false),
    )
  }),
).pipe(Layer.provide(SourceHosts.layer))
