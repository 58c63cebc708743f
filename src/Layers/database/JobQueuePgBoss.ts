import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Duration from "effect/Duration"
import type { SqlError } from "effect/sql/SqlError"
import type { Client } from "pg"
import type { Db, Job as BossJob } from "pg-boss"
import type { Claim } from "../../Domain/job/Claim.ts"
import { AppConfig } from "../process/AppConfig.ts"
import type { CallerId } from "../../Domain/service/Caller.ts"
import { JobId } from "../../Domain/job/Job.ts"
import { type ClaimedLoad, JobQueue, QueuedLoad } from "../../Domain/job/JobQueue.ts"
import { messagingSpan, settleSpan } from "../../Domain/telemetry/messaging.ts"
import { linkCurrentSpan } from "../../Domain/telemetry/traceparent.ts"
import type { ServiceUnavailable } from "../../Domain/service/ServiceUnavailable.ts"
import { orUnavailable } from "./postgres/Database.ts"
import { isOfTheStatement, unavailable } from "./postgres/DatabaseFailure.ts"
import { PgBossClient, queueName } from "./queue/PgBossClient.ts"
import { affected, joinTransaction, settledIds, toAttempt } from "./queue/PgBossStatements.ts"
import { ReplicaSession } from "./liveness/ReplicaSession.ts"
import { notifyCancelled, notifyReady, signals } from "./queue/Signals.ts"
import { inTransaction } from "./postgres/Transaction.ts"

const decodeMessage = Schema.decodeUnknownOption(QueuedLoad)
const encodeMessage = Schema.encodeSync(QueuedLoad)

/** An error in the statement or in the call is a bug, so it becomes a defect. */
const orDefect = <A>(effect: Effect.Effect<A, ServiceUnavailable>) =>
  Effect.catchIf(
    effect,
    ({ cause }) => isOfTheStatement(cause) || cause instanceof TypeError,
    (failure) => Effect.die(failure.cause),
  )

/** Calls pg-boss on its own connections. */
const call = <A>(operation: string, run: () => Promise<A>) =>
  orDefect(Effect.tryPromise({ try: run, catch: (cause) => unavailable(operation, cause) }))

/**
 * Records who holds the claims, in the transaction that takes them. Returns each job's crashes: earlier claims that their
 * holder never settled. An earlier holder that is still recorded is one too: it died before the reaper saw it, or it was
 * silent until pg-boss took its job away.
 */
const recordHolder = async (
  client: Client,
  replica: number,
  claims: ReadonlyArray<Claim>,
): Promise<ReadonlyMap<JobId, number>> => {
  const { rows } = await client.query<{ id: string; crashes: number }>(
    `insert into sluice.claim (job_id, retry_count, replica)
     select "jobId", "retryCount", $1
     from jsonb_to_recordset($2::jsonb) as taken("jobId" uuid, "retryCount" integer)
     on conflict (job_id) do update
     set retry_count = excluded.retry_count, replica = excluded.replica,
       crashes = claim.crashes + case when claim.replica is null then 0 else 1 end
     returning job_id as id, crashes`,
    [replica, JSON.stringify(claims)],
  )
  return new Map(rows.map(({ id, crashes }) => [JobId.make(id), crashes]))
}

export const layer = Layer.effect(
  JobQueue,
  Effect.gen(function* () {
    const boss = yield* PgBossClient
    const sql = yield* PgClient.PgClient
    const session = yield* ReplicaSession
    const { runningJobs } = yield* AppConfig
    /** Calls pg-boss in the caller's transaction. */
    const joined = <A>(operation: string, run: (db: Db) => Promise<A>) =>
      orDefect(joinTransaction(sql, operation, run))

    const enqueue = Effect.fnUntraced(function* (message: QueuedLoad, caller?: CallerId) {
      const group = caller === undefined ? {} : { group: { id: caller } }
      yield* joined("enqueue", (db) =>
        boss.send(queueName, encodeMessage(message), { id: message.jobId, ...group, db }),
      )
      yield* orUnavailable("announce a job")(notifyReady(sql))
    })

    /** Links the current span to the trace of the job. */
    const linkToCreation = Effect.fnUntraced(function* (jobId: JobId) {
      const [job] = yield* joined("find a job", (db) => boss.findJobs(queueName, { id: jobId, db }))
      const message = decodeMessage(job?.data)
      if (Option.isSome(message)) yield* linkCurrentSpan(message.value.traceparent)
    })

    const cancel = Effect.fn("JobQueue.cancel")(function* (jobId: JobId) {
      const cancelled = affected(yield* joined("cancel", (db) => boss.cancel(queueName, jobId, { db }))) === 1
      if (cancelled) {
        yield* orUnavailable("announce a cancel")(notifyCancelled(sql, jobId))
        yield* linkToCreation(jobId)
      }
      return cancelled
    })

    const state = Effect.fn("JobQueue.state")(function* (jobId: JobId) {
      const jobs = yield* call("state", () => boss.findJobs(queueName, { id: jobId }))
      return Option.map(Option.fromNullishOr(jobs[0]), (job) => job.state)
    })

    /** A message that this version cannot read goes back to the queue for a newer one: it comes with a rolling upgrade. */
    const readMessage = Effect.fnUntraced(function* (job: BossJob<unknown>, claim: Claim) {
      const message = decodeMessage(job.data)
      if (Option.isSome(message)) return message
      yield* Effect.annotateLogs(
        Effect.logError("cannot read the message of a job, which a newer version may have written"),
        {
          job_id: job.id,
        },
      )
      yield* inTransaction(sql, retry(claim, Duration.seconds(30))).pipe(
        orUnavailable("return a job to the queue"),
      )
      return message
    })

    /**
     * Fetches jobs of callers that have not reached their limit of running jobs. pg-boss counts and claims in one
     * statement, so two of them at the same time would claim too many: the lock makes all but one wait for the commit. A
     * fetch passes over the jobs beyond a limit and may return fewer than there are, so it is repeated.
     */
    const fetchWithinLimits = async (client: Client, limit: number, db: Db) => {
      await client.query("select pg_advisory_xact_lock(hashtext('sluice claim'))")
      const fetch = (batchSize: number) =>
        boss.fetch<unknown>(queueName, {
          batchSize,
          includeMetadata: true,
          groupConcurrency: runningJobs,
          db,
        })
      const fetched = await fetch(limit)
      let more = fetched.length
      while (more > 0 && fetched.length < limit) {
        const others = await fetch(limit - fetched.length)
        more = others.length
        fetched.push(...others)
      }
      return fetched
    }

    /** Fetches jobs and records their holder, on the connection that proves this replica alive. */
    const take = (limit: number) =>
      session.transaction("claim", async ({ client, replica }) => {
        const db: Db = { executeSql: (text, values) => client.query(text, values) }
        const jobs = await fetchWithinLimits(client, limit, db)
        const taken = jobs.map((job) => ({
          job,
          claim: { jobId: JobId.make(job.id), retryCount: job.retryCount },
          times: {
            createdAt: job.createdOn.getTime(),
            dueAt: job.startAfter.getTime(),
            claimedAt: job.startedOn.getTime(),
          },
        }))
        if (taken.length === 0) return []
        const claims = taken.map(({ claim }) => claim)
        const crashes = await recordHolder(client, replica, claims)
        return taken.map(({ claim, job, times }) => ({
          claim,
          job,
          times,
          replica,
          crashes: crashes.get(claim.jobId) ?? 0,
        }))
      })

    const claim = Effect.fnUntraced(function* (limit: number) {
      const claimed: Array<ClaimedLoad> = []
      for (const { job, ...load } of yield* orDefect(take(limit))) {
        const message = yield* readMessage(job, load.claim)
        if (Option.isSome(message)) claimed.push({ ...load, message: message.value })
      }
      return claimed
    })

    const touch = Effect.fnUntraced(function* (claims: ReadonlyArray<Claim>) {
      if (claims.length === 0) return []
      const touched = yield* call("touch", () => boss.touch(queueName, claims.map(toAttempt)))
      const held = settledIds(touched)
      return claims.filter((claim) => held.has(claim.jobId))
    })

    /** Returns the job to the queue and then runs `also`, if the claim still holds. */
    const requeue = Effect.fnUntraced(
      function* (
        operation: string,
        claim: Claim,
        also: Effect.Effect<unknown, ServiceUnavailable | SqlError>,
      ) {
        const requeued = yield* joined(operation, (db) =>
          boss.fail(queueName, toAttempt(claim), null, { db }),
        )
        const held = affected(requeued) === 1
        if (held) yield* orUnavailable(operation)(also)
        return held
      },
      (effect, _, { jobId }) => Effect.withSpan(effect, messagingSpan("settle"), settleSpan(jobId)),
    )

    /** The claim was settled without ending the job. `JobEnding` deletes the row of a job that ends. */
    const settled = ({ jobId }: Claim) => sql`update sluice.claim set replica = null where job_id = ${jobId}`

    const fail = (claim: Claim) => {
      const { jobId: id, retryCount: retryLimit } = claim
      // pg-boss has no permanent failure. Requeue the job, set its retry limit to the attempts so far, and fail it again.
      const limit = joined("fail", (db) => boss.update(queueName, undefined, { id, retryLimit, db }))
      const failAgain = joined("fail", (db) => boss.fail(queueName, id, null, { db }))
      return requeue("fail", claim, Effect.andThen(limit, failAgain))
    }

    const retry = (claim: Claim, delay: Duration.Duration) => {
      // An interval is added to the database's clock; a time would depend on this machine's clock.
      const startAfter = `${Math.ceil(Duration.toMillis(delay))} milliseconds`
      const postpone = joined("retry", (db) =>
        boss.update(queueName, undefined, { id: claim.jobId, startAfter, db }),
      )
      return requeue("retry", claim, Effect.andThen(postpone, settled(claim)))
    }

    const release = (claim: Claim) =>
      requeue("release", claim, Effect.andThen(settled(claim), notifyReady(sql)))

    return JobQueue.of({ enqueue, cancel, state, claim, touch, retry, fail, release, signals: signals(sql) })
  }),
)
