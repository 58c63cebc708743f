import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Duration from "effect/Duration"
import type { Job as BossJob } from "pg-boss"
import type { Claim } from "../../Domain/Claim.ts"
import { JobId } from "../../Domain/Job.ts"
import { type ClaimedLoad, JobQueue, QueuedLoad } from "../../Domain/JobQueue.ts"
import { orUnavailable } from "../postgres/Database.ts"
import { isOfTheStatement, unavailable } from "../postgres/DatabaseFailure.ts"
import { PgBossClient, queueName } from "./PgBossClient.ts"
import { affected, joinTransaction, settledIds, toAttempt } from "./PgBossStatements.ts"
import { notifyCancelled, notifyReady, signals } from "./Signals.ts"

const decodeMessage = Schema.decodeUnknownOption(QueuedLoad)
const encodeMessage = Schema.encodeSync(QueuedLoad)

/** A call of pg-boss. What fails in the database is unavailability, what fails in the call is a defect. */
const call = <A>(operation: string, run: () => Promise<A>) =>
  Effect.tryPromise({ try: run, catch: (cause) => unavailable(operation, cause) }).pipe(
    Effect.catchIf(
      ({ cause }) => isOfTheStatement(cause) || cause instanceof TypeError,
      (failure) => Effect.die(failure.cause),
    ),
  )

export const layer = Layer.effect(
  JobQueue,
  Effect.gen(function* () {
    const boss = yield* PgBossClient
    const sql = yield* PgClient.PgClient
    const transaction = joinTransaction(sql)

    const enqueue = Effect.fn("JobQueue.enqueue")(function* (message: QueuedLoad) {
      const db = yield* transaction
      yield* call("enqueue", () => boss.send(queueName, encodeMessage(message), { id: message.jobId, db }))
      yield* orUnavailable("announce a job")(notifyReady(sql))
    })

    const cancel = Effect.fn("JobQueue.cancel")(function* (jobId: JobId) {
      const db = yield* transaction
      const cancelled = affected(yield* call("cancel", () => boss.cancel(queueName, jobId, { db }))) === 1
      if (cancelled) yield* orUnavailable("announce a cancel")(notifyCancelled(sql, jobId))
      return cancelled
    })

    const state = Effect.fn("JobQueue.state")(function* (jobId: JobId) {
      const jobs = yield* call("state", () => boss.findJobs(queueName, { id: jobId }))
      return Option.map(Option.fromNullishOr(jobs[0]), (job) => job.state)
    })

    /** A message that this version cannot read is left to a newer one, which a rolling upgrade will bring. */
    const readMessage = Effect.fnUntraced(function* (job: BossJob<unknown>, claim: Claim) {
      const message = decodeMessage(job.data)
      if (Option.isSome(message)) return Option.some<ClaimedLoad>({ claim, message: message.value })
      yield* Effect.annotateLogs(Effect.logError("this version cannot read the message of a job"), {
        job_id: job.id,
      })
      yield* retry(claim, Duration.seconds(30))
      return Option.none<ClaimedLoad>()
    })

    const claim = Effect.fnUntraced(function* (limit: number) {
      const jobs = yield* call("claim", () => boss.fetch<unknown>(queueName, { batchSize: limit }))
      const claimed: Array<ClaimedLoad> = []
      for (const job of jobs) {
        const read = yield* readMessage(job, { jobId: JobId.make(job.id), retryCount: job.retryCount ?? 0 })
        if (Option.isSome(read)) claimed.push(read.value)
      }
      return claimed
    })

    const touch = Effect.fnUntraced(function* (claims: ReadonlyArray<Claim>) {
      if (claims.length === 0) return []
      const answer = yield* call("touch", () => boss.touch(queueName, claims.map(toAttempt)))
      const held = settledIds(answer)
      return claims.filter((claim) => held.has(claim.jobId))
    })

    const fail: JobQueue["Service"]["fail"] = Effect.fn("JobQueue.fail")(function* (claim: Claim) {
      const db = yield* transaction
      const requeued = yield* call("fail", () => boss.fail(queueName, toAttempt(claim), null, { db }))
      if (affected(requeued) !== 1) return false
      // pg-boss knows no failure for good: it is a retry whose budget is then taken away.
      yield* call("fail", () =>
        boss.update(queueName, undefined, { id: claim.jobId, retryLimit: claim.retryCount, db }),
      )
      yield* call("fail", () => boss.fail(queueName, claim.jobId, null, { db }))
      return true
    })

    const retry = Effect.fn("JobQueue.retry")(function* (claim: Claim, delay: Duration.Duration) {
      const db = yield* transaction
      const requeued = yield* call("retry", () => boss.fail(queueName, toAttempt(claim), null, { db }))
      if (affected(requeued) !== 1) return false
      // An interval, so that the database's clock counts and not this machine's.
      const startAfter = `${Math.ceil(Duration.toMillis(delay))} milliseconds`
      yield* call("retry", () => boss.update(queueName, undefined, { id: claim.jobId, startAfter, db }))
      return true
    })

    const release = Effect.fn("JobQueue.release")(function* (claim: Claim) {
      const db = yield* transaction
      const requeued = yield* call("release", () => boss.fail(queueName, toAttempt(claim), null, { db }))
      if (affected(requeued) !== 1) return false
      yield* orUnavailable("announce a job")(notifyReady(sql))
      return true
    })

    return JobQueue.of({ enqueue, cancel, state, claim, touch, retry, fail, release, signals: signals(sql) })
  }),
)
