import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { JobId } from "../../../Domain/job/Job.ts"
import { JobFence } from "../../../Domain/job/fence/JobFence.ts"
import { isFinal, JobState } from "../../../Domain/job/JobState.ts"
import * as OutageLog from "../../../Domain/service/OutageLog.ts"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { withTimeout } from "../../../Domain/service/withTimeout.ts"
import * as Metrics from "../../../Domain/telemetry/Metrics.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import { inTransaction } from "../postgres/Transaction.ts"
import { PgBossClient } from "../queue/PgBossClient.ts"
import { queueName, queueTable } from "../queue/queueTable.ts"
import { affected, joinTransaction, toAttempt } from "../queue/PgBossStatements.ts"
import { notifyReady } from "../queue/Signals.ts"
import { replicaLock, replicasClaiming } from "../queue/replicaLock.ts"
import { Fleet } from "./Fleet.ts"
import { fleetInterval } from "./fleetInterval.ts"
import { makeSupervisor } from "./superviseQueue.ts"

/** Time from finding a replica without its lock to the second look. One that only lost its connection has the lock back by then. */
const confirmInterval = Duration.millis(500)

/** Time between two checks of the whole fleet, which its processes share, and the longest time between two of one process. */
const checks = { least: Duration.millis(250), ofProcess: confirmInterval, most: Duration.seconds(5) }

/** A statement on a dead connection must not stop the checks: the next one gets another connection. */
const limited = withTimeout(Duration.seconds(5), "look for dead workers")

/** Ends the record of a job that the queue has ended. */
type EndRecord = (
  sql: SqlClient.SqlClient,
  jobId: JobId,
  state: JobState | null,
) => Effect.Effect<unknown, SqlError | ServiceUnavailable>

const HeldClaim = Schema.Struct({
  jobId: JobId,
  retryCount: Schema.Int,
  replica: Schema.Int,
  /** The replica's death counts as a crash of the job: none of its others has more crashes. */
  isBlamed: Schema.Boolean,
})
type HeldClaim = typeof HeldClaim.Type

const Check = Schema.Struct({
  dead: Schema.Array(HeldClaim),
  ended: Schema.Array(Schema.Struct({ jobId: JobId, state: Schema.NullOr(JobState) })),
  /** Workers that live and take jobs. */
  workers: Schema.Int,
  /** Whether anything runs. */
  isBusy: Schema.Boolean,
})
/** Only this service writes these rows, so a row that does not decode is a bug. */
const decodeCheck = Schema.decodeUnknownSync(Check)

/**
 * One statement, because every process makes it for as long as it runs:
 *
 * - `dead`: claims of replicas that do not hold their lock. The check takes the lock for a moment, shared with other checks.
 * - `ended`: claims whose job has ended in the queue, or is missing there. Their holder does not know of them: a commit that took too
 *   long created the job, or the holder was silent until the queue gave up. They would keep the name of their table.
 */
const check = (sql: SqlClient.SqlClient) => sql<Record<string, unknown>>`
  with dead as (
    select job_id as "jobId", retry_count as "retryCount", replica,
      crashes = max(crashes) over (partition by replica) as "isBlamed"
    from sluice.claim
    where replica in (
      select replica from (select distinct replica from sluice.claim where replica is not null) as holder
      where pg_try_advisory_xact_lock_shared(${sql.literal(replicaLock)}, replica)
    )
  ), ended as (
    select job_id as "jobId", state
    from sluice.claim left join ${sql.literal(queueTable)} as queued on name = ${queueName} and id = job_id
    where id is null or state >= 'completed'
  )
  select (select coalesce(jsonb_agg(dead), '[]') from dead) as dead, (select coalesce(jsonb_agg(ended), '[]') from ended) as ended,
    exists (select from sluice.claim where replica is not null) as "isBusy",
    (select count(*) from (${sql.literal(replicasClaiming)}) as live)::integer as workers`

/**
 * Returns a job of a dead replica to the queue, which ends an upload; `false` when the claim had ended already. Each job has a transaction of
 * its own: a dead replica's session may still lock one job's rows, and the others must not wait for it.
 */
const returnJob = Effect.fnUntraced(function* (claim: HeldClaim, endRecord: EndRecord) {
  const sql = yield* SqlClient.SqlClient
  const boss = yield* PgBossClient
  const fence = yield* JobFence
  // The replica may have died after the commit of its load, and before the queue knew of it.
  if ((yield* fence.revoke(claim)) !== null) return false
  return yield* inTransaction(
    sql,
    Effect.gen(function* () {
      yield* sql`set local lock_timeout = '500ms'`
      // If the replica is dead, it cannot take its lock again until this transaction ends.
      const [found] = yield* sql<{ readonly dead: boolean }>`
        select pg_try_advisory_xact_lock_shared(${sql.literal(replicaLock)}, ${claim.replica}::integer) as dead`
      if (found?.dead !== true) return false
      const requeued = yield* joinTransaction(sql, "return a job to the queue", (db) =>
        boss.fail(queueName, toAttempt(claim), null, { db }),
      )
      yield* sql`
        update sluice.claim set replica = null, crashes = crashes + ${claim.isBlamed ? 1 : 0}::integer
        where job_id = ${claim.jobId} and retry_count = ${claim.retryCount} and replica = ${claim.replica}`
      if (affected(requeued) !== 1) return false
      const [queued] = yield* sql<{ readonly state: JobState }>`
        select state from ${sql.literal(queueTable)} where name = ${queueName} and id = ${claim.jobId}`
      if (queued !== undefined && isFinal(queued.state)) yield* endRecord(sql, claim.jobId, queued.state)
      yield* notifyReady(sql)
      return true
    }),
  )
})

/**
 * Returns the jobs of dead replicas. A failure is logged; the next check tries again. Those to blame come last, and only after
 * all others of their replica: the next check blames those with the most crashes among the rest.
 */
const reap = Effect.fnUntraced(function* (claims: ReadonlyArray<HeldClaim>, endRecord: EndRecord) {
  const incomplete = new Set<number>()
  const tryReturn = (claim: HeldClaim) =>
    limited(returnJob(claim, endRecord)).pipe(
      Effect.tapError((failure) => {
        incomplete.add(claim.replica)
        return Effect.annotateLogs(
          Effect.logInfo("a dead worker's job cannot be returned to the queue yet"),
          { job_id: claim.jobId, ...describeFailure(failure) },
        )
      }),
      Effect.orElseSucceed(() => false),
    )
  const innocent = claims.filter(({ isBlamed }) => !isBlamed)
  const returned = yield* Effect.filter(innocent, tryReturn, { concurrency: 4 })
  const blamed = claims.filter(({ isBlamed, replica }) => isBlamed && !incomplete.has(replica))
  const reaped = [...returned, ...(yield* Effect.filter(blamed, tryReturn, { concurrency: 4 }))]
  yield* Metrics.count("sluice.jobs.given_back", {}, reaped.length)
  for (const [replica, { length: count }] of Map.groupBy(reaped, ({ replica }) => replica))
    yield* Effect.annotateLogs(Effect.logWarning("returned a dead worker's jobs to the queue"), {
      count,
      replica,
    })
})

/** Checks for dead replicas forever, and lets pg-boss look for silent ones. */
const watch = Effect.fnUntraced(function* (endRecord: EndRecord) {
  const sql = yield* SqlClient.SqlClient
  const supervise = yield* makeSupervisor
  const outage = OutageLog.make("dead workers are not detected")
  let suspects: ReadonlySet<number> = new Set()
  const fleet = yield* Fleet
  const look = Effect.gen(function* () {
    const before = suspects
    const [row] = yield* limited(check(sql))
    const { dead, ended, ...found } = decodeCheck(row)
    fleet.workers = found.workers
    suspects = new Set(dead.map(({ replica }) => replica))
    yield* reap(
      dead.filter(({ replica }) => before.has(replica)),
      endRecord,
    )
    yield* Effect.forEach(ended, ({ jobId, state }) => limited(endRecord(sql, jobId, state)))
    yield* supervise(found)
  })
  const failed = (failure: unknown) =>
    Effect.suspend(() => {
      // The replicas lost their connections too: give them time to reconnect.
      suspects = new Set()
      return outage.failed(describeFailure(failure))
    })
  // Not at fixed times: after a slow check the next would follow at once, and give no time to reconnect.
  const pause = Effect.gen(function* () {
    if (suspects.size > 0) return yield* Effect.sleep(confirmInterval)
    yield* Effect.sleep(fleetInterval(checks, fleet.workers, yield* Random.next))
  })
  return yield* look.pipe(
    Effect.andThen(outage.succeeded),
    Effect.catch(failed),
    Effect.catchDefect(failed),
    Effect.andThen(pause),
    Effect.forever,
  )
})

/**
 * Returns the jobs of dead replicas to the queue, usually within a second. A replica holds the lock of its number while
 * its process lives (`ReplicaSession`), so one whose lock is free is dead. A paused process, or a machine that has
 * vanished, keeps the lock for a while; pg-boss notices its missing heartbeat after 10 s.
 *
 * Runs in every process, APIs included, but the more workers there are, the less often in each. Several may find the same
 * replica; the claim lets one of them return a job.
 */
export const layer = (endRecord: EndRecord) =>
  Layer.effectDiscard(
    Effect.andThen(
      Metrics.startAtZero("sluice.jobs.given_back"),
      Effect.forkScoped(Effect.withTracerEnabled(watch(endRecord), false)),
    ),
  )
