import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import type { Claim } from "../../../Domain/job/Claim.ts"
import * as OutageLog from "../../../Domain/service/OutageLog.ts"
import { withTimeout } from "../../../Domain/service/withTimeout.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import { unavailable } from "../postgres/DatabaseFailure.ts"
import { inTransaction } from "../postgres/Transaction.ts"
import { PgBossClient, queueName } from "../queue/PgBossClient.ts"
import { affected, joinTransaction, toAttempt } from "../queue/PgBossStatements.ts"
import { notifyReady } from "../queue/Signals.ts"
import * as ClaimRecords from "./ClaimRecords.ts"

/** Time between two checks. A replica that only lost its connection has its lock back before the second. */
const checkInterval = Duration.millis(500)

/** A statement on a dead connection must not stop the checks: the next one gets another connection. */
const limited = withTimeout(Duration.seconds(5), "look for dead workers")

const returned = Metric.counter("sluice_jobs_given_back_total", {
  description: "Jobs of dead workers that this process returned to the queue",
  incremental: true,
})

/**
 * Returns a job of a dead replica to the queue; `false` when the claim had ended already. Each job has a transaction of
 * its own: a dead replica's session may still lock one job's rows, and the others must not wait for it.
 */
const returnJob = Effect.fnUntraced(function* (replica: number, claim: Claim) {
  const sql = yield* SqlClient.SqlClient
  const boss = yield* PgBossClient
  return yield* inTransaction(
    sql,
    Effect.gen(function* () {
      yield* sql`set local lock_timeout = '500ms'`
      const [found] = yield* ClaimRecords.isDead(sql, replica)
      if (found?.dead !== true) return false
      const requeued = yield* joinTransaction(
        sql,
        (db) => boss.fail(queueName, toAttempt(claim), null, { db }),
        (cause) => unavailable("return a job to the queue", cause),
      )
      yield* ClaimRecords.crashed(sql, replica, claim)
      if (affected(requeued) !== 1) return false
      yield* notifyReady(sql)
      return true
    }),
  )
})

/** Returns a dead replica's jobs. A failure is logged; the next check tries again. */
const reap = Effect.fnUntraced(function* (replica: number) {
  const sql = yield* SqlClient.SqlClient
  const claims = yield* limited(ClaimRecords.claimsOf(sql, replica))
  const outcomes = yield* Effect.forEach(
    claims,
    (claim) =>
      limited(returnJob(replica, claim)).pipe(
        Effect.tapError((failure) =>
          Effect.annotateLogs(Effect.logInfo("a dead worker's job cannot be returned to the queue yet"), {
            job_id: claim.jobId,
            ...describeFailure(failure),
          }),
        ),
        Effect.orElseSucceed(() => false),
      ),
    { concurrency: 4 },
  )
  const count = outcomes.filter(Boolean).length
  if (count === 0) return
  yield* Metric.update(returned, count)
  yield* Effect.annotateLogs(Effect.logWarning("returned a dead worker's jobs to the queue"), {
    count,
    replica,
  })
})

/** Checks for dead replicas for ever. */
const watch = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const outage = OutageLog.make("dead workers are not detected")
  let suspects: ReadonlySet<number> = new Set()
  const check = Effect.gen(function* () {
    const before = suspects
    const found = yield* limited(ClaimRecords.deadReplicas(sql))
    const dead = found.map(({ replica }) => replica)
    suspects = new Set(dead)
    yield* Effect.forEach(
      dead.filter((replica) => before.has(replica)),
      reap,
      { discard: true },
    )
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
export const layer = Layer.effectDiscard(Effect.forkScoped(Effect.withTracerEnabled(watch, false)))
