import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Duration from "effect/Duration"
import type { SqlError } from "effect/sql/SqlError"
import type { Db } from "pg-boss"
import type { Claim } from "../../Domain/job/Claim.ts"
import { SourceHosts } from "../process/SourceHosts.ts"
import { AppConfig } from "../process/AppConfig.ts"
import { JobId } from "../../Domain/job/Job.ts"
import { type ClaimedLoad, JobQueue, QueuedLoad } from "../../Domain/job/JobQueue.ts"
import { messagingSpan, settleSpan } from "../../Domain/telemetry/messaging.ts"
import { linkCurrentSpan } from "../../Domain/telemetry/traceparent.ts"
import type { ServiceUnavailable } from "../../Domain/service/ServiceUnavailable.ts"
import { orUnavailable } from "./postgres/Database.ts"
import { isOfTheStatement, unavailable } from "./postgres/DatabaseFailure.ts"
import { PgBossClient } from "./queue/PgBossClient.ts"
import { queueName } from "./queue/queueTable.ts"
import { affected, joinTransaction, settledIds, toAttempt } from "./queue/PgBossStatements.ts"
import { ReplicaSession } from "./liveness/ReplicaSession.ts"
import { RespondingTargets } from "./liveness/RespondingTargets.ts"
import { claimJobs, hasDueJobs } from "./queue/claim/claimJobs.ts"
import { Notifications } from "./queue/Notifications.ts"
import { notifyCancelled, notifyReady, signals } from "./queue/Signals.ts"
import { SignalSender } from "./queue/SignalSender.ts"
import { inTransaction } from "./postgres/Transaction.ts"

const decodeMessage = Schema.decodeUnknownOption(QueuedLoad)

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

/** The part of a worker's slots that one caller cannot have: its sources may be slow, and other callers' jobs need a slot. */
const keptForOthers = 1 / 8

export const layer = Layer.effect(
  JobQueue,
  Effect.gen(function* () {
    const boss = yield* PgBossClient
    const sql = yield* PgClient.PgClient
    const session = yield* ReplicaSession
    const received = yield* Notifications
    const { ready: announce } = yield* SignalSender
    const { runningJobs, workerConcurrency } = yield* AppConfig
    const responding = yield* RespondingTargets
    const hosts = yield* SourceHosts
    /** Calls pg-boss in the caller's transaction. */
    const joined = <A>(operation: string, run: (db: Db) => Promise<A>) =>
      orDefect(joinTransaction(sql, operation, run))

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
    const readMessage = Effect.fnUntraced(function* (data: unknown, claim: Claim) {
      const message = decodeMessage(data)
      if (Option.isSome(message)) return message
      yield* Effect.annotateLogs(
        Effect.logError("cannot read the message of a job, which a newer version may have written"),
        {
          job_id: claim.jobId,
        },
      )
      yield* inTransaction(sql, retry(claim, Duration.seconds(30))).pipe(
        orUnavailable("return a job to the queue"),
      )
      return message
    })

    /** Claims jobs on the connection that proves this replica alive. */
    const take = (limit: number, { slots = workerConcurrency, suspects = true } = {}) =>
      session.run("claim", async ({ client, replica }) => {
        const runningHere = slots - Math.floor(slots * keptForOthers)
        const use = { runningJobs, runningHere, suspects, hosts, targets: [...responding.names] }
        const rows = await claimJobs(client, { replica, limit, ...use })
        return rows.map(({ id, retryCount, data, crashes, hasMore, ...times }) => ({
          claim: { jobId: JobId.make(id), retryCount },
          data,
          times,
          replica,
          crashes,
          hasMore,
        }))
      })

    const claim = Effect.fnUntraced(function* (
      ...[limit, options]: Parameters<JobQueue["Service"]["claim"]>
    ) {
      const claimed: Array<ClaimedLoad> = []
      for (const { data, ...load } of yield* orDefect(take(limit, options))) {
        const message = yield* readMessage(data, load.claim)
        if (Option.isSome(message)) claimed.push({ ...load, message: message.value })
      }
      return claimed
    })

    const hasDue = orDefect(
      session.run("look for due jobs", ({ client }) => hasDueJobs(client, hosts, [...responding.names])),
    )

    const holder = orDefect(session.run("hold a job", ({ replica }) => Promise.resolve(replica)))

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

    return JobQueue.of({
      announce,
      cancel,
      state,
      claim,
      hasDue,
      // A job may have been signalled to this replica meanwhile: another one looks for it.
      leave: Effect.andThen(session.leave, announce),
      holder,
      touch,
      retry,
      fail,
      release,
      signals: signals(received, session.replica),
    })
  }),
).pipe(Layer.provide(SourceHosts.layer))
