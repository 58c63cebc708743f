import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import type { Claim } from "../../../Domain/job/Claim.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import { unavailable } from "../postgres/DatabaseFailure.ts"
import * as ClaimRecords from "./ClaimRecords.ts"
import { PgBossClient, queueName } from "../queue/PgBossClient.ts"
import { affected, joinTransaction, toAttempt } from "../queue/PgBossStatements.ts"
import { notifyReady } from "../queue/Signals.ts"
import { inTransaction } from "../postgres/Transaction.ts"

/**
 * Between two looks. A replica found without its lock twice running is dead: one that only lost its connection
 * has it back by then.
 */
const interval = Duration.millis(500)

/** A connection that is dead without a word must not end the looking: the next statement gets another. */
const longest = Duration.seconds(5)

const limited = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.timeoutOrElse(effect, {
    duration: longest,
    orElse: () => Effect.fail(unavailable("look for dead workers", new Error("no answer"))),
  })

const givenBack = Metric.counter("sluice_jobs_given_back_total", {
  description: "Jobs taken from workers that died, and given back to the queue by this process",
  incremental: true,
})

/**
 * Gives a job back whose holder is dead; `false` when the claim had ended already. A transaction for each: one
 * whose rows are locked, by what is left of its holder's own, must not keep the others waiting.
 */
const giveBack = Effect.fnUntraced(function* (replica: number, claim: Claim) {
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
        (cause) => unavailable("give a job back", cause),
      )
      yield* ClaimRecords.crashed(sql, replica, claim)
      if (affected(requeued) !== 1) return false
      yield* notifyReady(sql)
      return true
    }),
  )
})

/** Gives back what the replica held. What cannot be now is tried again at the next look. */
const reap = Effect.fnUntraced(function* (replica: number) {
  const sql = yield* SqlClient.SqlClient
  const claims = yield* limited(ClaimRecords.claimsOf(sql, replica))
  const outcomes = yield* Effect.forEach(
    claims,
    (claim) =>
      limited(giveBack(replica, claim)).pipe(
        Effect.catch((failure) =>
          Effect.as(
            Effect.annotateLogs(Effect.logInfo("a job of a worker that died cannot be given back yet"), {
              job_id: claim.jobId,
              ...describeFailure(failure),
            }),
            false,
          ),
        ),
      ),
    { concurrency: 4 },
  )
  const count = outcomes.filter(Boolean).length
  if (count === 0) return
  yield* Metric.update(givenBack, count)
  yield* Effect.annotateLogs(Effect.logWarning("gave back the jobs of a worker that died"), {
    count,
    replica,
  })
})

/** Looks for dead replicas for ever. */
const watch = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  let suspects: ReadonlySet<number> = new Set()
  const look = Effect.gen(function* () {
    const dead = (yield* limited(ClaimRecords.deadReplicas(sql))).map(({ replica }) => replica)
    const before = suspects
    suspects = new Set(dead)
    yield* Effect.forEach(
      dead.filter((replica) => before.has(replica)),
      reap,
      { discard: true },
    )
  })
  const message = "dead workers are not looked for"
  let isOut = false
  const lost = (failure: unknown) =>
    Effect.suspend(() => {
      // After an outage the replicas must be given time to come back as well.
      suspects = new Set()
      const line = isOut ? Effect.logDebug(message) : Effect.logWarning(message)
      isOut = true
      return Effect.annotateLogs(line, describeFailure(failure))
    })
  const recovered = Effect.suspend(() => {
    if (!isOut) return Effect.void
    isOut = false
    return Effect.logInfo(`over: ${message}`)
  })
  yield* look.pipe(
    Effect.andThen(recovered),
    Effect.catch(lost),
    Effect.catchDefect(lost),
    // Not by the clock: two looks after one that took long would see the same instant.
    Effect.repeat(Schedule.spaced(interval)),
  )
})

/**
 * Gives the jobs of replicas that have died back to the queue, within a second or so. A replica holds the lock
 * of its number for as long as its process lives (`ReplicaSession`), so one whose lock can be had is gone; a
 * paused one, or one on a machine that has vanished, keeps it for a while, and is noticed by its silence.
 *
 * Runs in every process, APIs included. Several may find the same replica: the claim lets one of them succeed.
 */
export const layer = Layer.effectDiscard(Effect.forkScoped(Effect.withTracerEnabled(watch, false)))
