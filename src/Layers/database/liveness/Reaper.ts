import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import type { Claim } from "../../../Domain/job/Claim.ts"
import type { JobId } from "../../../Domain/job/Job.ts"
import { isFinal, type JobState } from "../../../Domain/job/JobState.ts"
import * as OutageLog from "../../../Domain/service/OutageLog.ts"
import { withTimeout } from "../../../Domain/service/withTimeout.ts"
import * as Metrics from "../../../Domain/telemetry/Metrics.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import { run, type Statement } from "../postgres/Statement.ts"
import { inTransaction } from "../postgres/Transaction.ts"
import { PgBossClient } from "../queue/PgBossClient.ts"
import { queueName, queueTable } from "../queue/queueTable.ts"
import { affected, joinTransaction, toAttempt } from "../queue/PgBossStatements.ts"
import { notifyReady } from "../queue/Signals.ts"
import { replicaLock } from "../queue/replicaLock.ts"

/** Time between two checks. A replica that only lost its connection has its lock back before the second. */
const checkInterval = Duration.millis(500)

/** A statement on a dead connection must not stop the checks: the next one gets another connection. */
const limited = withTimeout(Duration.seconds(5), "look for dead workers")

/** Ends the record of a job that the queue has ended. */
type EndRecord = (jobId: JobId, state: JobState | null) => Statement

interface HeldClaim extends Claim {
  readonly replica: number
  /** The replica's death counts as a crash of the job: none of its others has more crashes. */
  readonly isBlamed: boolean
}

/** Claims of replicas that do not hold their lock. The check takes the lock for a moment, shared with other checks. */
const claimsOfDead = (sql: SqlClient.SqlClient) => sql<HeldClaim>`
  select job_id as "jobId", retry_count as "retryCount", replica,
    crashes = max(crashes) over (partition by replica) as "isBlamed"
  from sluice.claim
  where replica in (
    select replica from (select distinct replica from sluice.claim where replica is not null) as holder
    where pg_try_advisory_xact_lock_shared(${sql.literal(replicaLock)}, replica)
  )`

/**
 * Claims whose job has ended in the queue, or is missing there. Their holder does not know of them: a commit that took too long
 * created the job, or the holder was silent until the queue gave up. They would keep the name of their table.
 */
const claimsOfEnded = (sql: SqlClient.SqlClient) => sql<{ jobId: JobId; state: JobState | null }>`
  select job_id as "jobId", state
  from sluice.claim left join ${sql.literal(queueTable)} as queued on name = ${queueName} and id = job_id
  where id is null or state >= 'completed'`

/**
 * Returns a job of a dead replica to the queue, which ends an upload; `false` when the claim had ended already. Each job has a transaction of
 * its own: a dead replica's session may still lock one job's rows, and the others must not wait for it.
 */
const returnJob = Effect.fnUntraced(function* (claim: HeldClaim, endRecord: EndRecord) {
  const sql = yield* SqlClient.SqlClient
  const boss = yield* PgBossClient
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
      if (queued !== undefined && isFinal(queued.state)) yield* run(sql, endRecord(claim.jobId, queued.state))
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

/** Checks for dead replicas forever. */
const watch = Effect.fnUntraced(function* (endRecord: EndRecord) {
  const sql = yield* SqlClient.SqlClient
  const outage = OutageLog.make("dead workers are not detected")
  let suspects: ReadonlySet<number> = new Set()
  const check = Effect.gen(function* () {
    const before = suspects
    const claims = yield* limited(claimsOfDead(sql))
    suspects = new Set(claims.map(({ replica }) => replica))
    yield* reap(
      claims.filter(({ replica }) => before.has(replica)),
      endRecord,
    )
    const ended = yield* limited(claimsOfEnded(sql))
    yield* Effect.forEach(ended, ({ jobId, state }) => limited(run(sql, endRecord(jobId, state))))
  })
  const failed = (failure: unknown) =>
    Effect.suspend(() => {
      // The replicas lost their connections too: give them time to reconnect.
      suspects = new Set()
      return outage.failed(describeFailure(failure))
    })
  yield* check.pipe(
    Effect.andThen(outage.succeeded),
    Effect.catch(failed),
    Effect.catchDefect(failed),
    // Not at fixed times: after a slow check the next would follow at once, and give no time to reconnect.
    Effect.repeat(Schedule.spaced(checkInterval)),
  )
})

/**
 * Returns the jobs of dead replicas to the queue, usually within a second. A replica holds the lock of its number while
 * its process lives (`ReplicaSession`), so one whose lock is free is dead. A paused process, or a machine that has
 * vanished, keeps the lock for a while; pg-boss notices its missing heartbeat after 10 s.
 *
 * Runs in every process, APIs included. Several may find the same replica; the claim lets one of them return a job.
 */
export const layer = (endRecord: EndRecord) =>
  Layer.effectDiscard(
    Effect.andThen(
      Metrics.startAtZero("sluice.jobs.given_back"),
      Effect.forkScoped(Effect.withTracerEnabled(watch(endRecord), false)),
    ),
  )
