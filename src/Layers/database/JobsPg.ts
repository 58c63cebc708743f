import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as SqlClient from "effect/sql/SqlClient"
import { randomUUID } from "node:crypto"
import type { Claim } from "../../Domain/job/Claim.ts"
import { Caller } from "../../Domain/service/Caller.ts"
import { JobId } from "../../Domain/job/Job.ts"
import { JobChanges } from "../../Domain/job/changes/JobChanges.ts"
import { CallbackPolicy } from "../../Domain/job/webhook/CallbackPolicy.ts"
import { JobFence } from "../../Domain/job/fence/JobFence.ts"
import { JobQueue } from "../../Domain/job/JobQueue.ts"
import { isFinal } from "../../Domain/job/JobState.ts"
import {
  type Attempt,
  type AttemptReport,
  type FileRead,
  JobAlreadyFinished,
  JobNotFound,
  Jobs,
  type LoadRequest,
  SchemaNotAllowed,
  type StartedClaim,
} from "../../Domain/job/Jobs.ts"
import type { LoadOptions } from "../../Domain/load/options/LoadOptions.ts"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import { type Counters, noCounters } from "../../Domain/job/Progress.ts"
import { hostHold } from "../../Domain/job/attempts/RetryDecision.ts"
import { messagingSpan, settleSpan } from "../../Domain/telemetry/messaging.ts"
import type { FileUnchanged } from "../../Domain/source/FileVersion.ts"
import { UrlMasking } from "../../Domain/source/masking/UrlMasking.ts"
import { SourceHosts } from "../process/SourceHosts.ts"
import { AppConfig } from "../process/AppConfig.ts"
import { causeChain } from "../process/describeFailure.ts"
import { orUnavailable } from "./postgres/Database.ts"
import { unavailable } from "./postgres/DatabaseFailure.ts"
import { foundJob, isRecorded } from "./jobs/record/FoundJob.ts"
import { attemptNumber } from "./jobs/record/JobRow.ts"
import { attemptEnd } from "./jobs/record/attemptHistory.ts"
import { accessTo, type JobAccess } from "./jobs/JobAccess.ts"
import * as FindJobs from "./jobs/FindJobs.ts"
import * as JobEnding from "./jobs/ending/JobEnding.ts"
import * as JobStatements from "./jobs/JobStatements.ts"
import { TargetDatabases } from "./jobs/TargetDatabases.ts"
import { endByQueue } from "./jobs/ending/endByQueue.ts"
import * as KeptParts from "./jobs/KeptParts.ts"
import { sendJob } from "./jobs/creation/sendJob.ts"
import { storedRequest } from "./jobs/creation/storedRequest.ts"
import { toAttempt } from "./jobs/toAttempt.ts"
import { RequestPool } from "./postgres/RequestPool.ts"
import { run } from "./postgres/Statement.ts"
import * as JobSecrets from "./jobs/JobSecrets.ts"
import { isAllowed } from "./target/allowedSchemas.ts"
import { inTransaction } from "./postgres/Transaction.ts"

/**
 * pg-boss moves a job by deleting its row and inserting it again. A cancel that waited for such a move cancels nothing,
 * although the job continues, so it is retried.
 */
const maxCancelAttempts = 10

const unreadable = loadError(
  "internal_error",
  "This version of the service cannot read the job's record. Load the file again.",
)

/** `Jobs` on Postgres. Each change of `sluice.job` commits together with that of the queue. */
export const layer = Layer.effect(
  Jobs,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const queue = yield* JobQueue
    const { maxAttempts, targetSchema, targetSchemas } = yield* AppConfig
    const secrets = yield* JobSecrets.JobSecrets
    const hosts = yield* SourceHosts
    const masking = yield* UrlMasking
    const targets = yield* TargetDatabases
    const statements = JobStatements.make(sql, targetSchema)
    const fence = yield* JobFence
    const changes = yield* JobChanges
    const callbackPolicy = yield* CallbackPolicy
    const findJob = FindJobs.make(yield* RequestPool, hosts)
    const existing = FindJobs.existing(findJob)

    /** The job, if the access allows it. */
    const read = Effect.fnUntraced(function* (access: JobAccess) {
      const found = yield* findJob(access)
      if (Option.isNone(found)) return Option.none()
      const { id, queue_state } = found.value
      if (isRecorded(found.value)) return Option.some(foundJob(found.value, maxAttempts))
      yield* endByQueue(sql, id, queue_state)
      const ended = Option.getOrElse(yield* findJob(access), () => found.value)
      return Option.some(foundJob(ended, maxAttempts))
    })

    const requireAllowed = Effect.fnUntraced(function* ({ callbackUrl, schema = targetSchema }: LoadOptions) {
      if (!isAllowed(schema, targetSchema, targetSchemas)) return yield* new SchemaNotAllowed({ schema })
      if (callbackUrl !== undefined) yield* callbackPolicy.check(callbackUrl)
      return undefined
    })

    /** @param holder as in `NewJob` */
    const send = (jobId: JobId, request: LoadRequest, holder: number | null) =>
      Effect.gen(function* () {
        const target = yield* targets.resolve(request.options.target)
        return yield* sendJob(statements, {
          ...storedRequest(jobId, request, { masking, secrets }),
          id: jobId,
          caller: yield* Caller,
          apart: yield* targets.apart(target),
          sourceId: null,
          holder,
          host: hosts.limitedHost(request.fileUrl),
        })
      })

    const create = Effect.fn("Jobs.create")(function* (request: LoadRequest) {
      yield* requireAllowed(request.options)
      const jobId = JobId.make(randomUUID())
      const row = yield* send(jobId, request, null).pipe(Effect.catchTag("TableBusy", Effect.die))
      yield* Effect.annotateCurrentSpan({
        "sluice.job.id": row.id,
        "sluice.job.posted_before": row.id !== jobId,
      })
      if (row.id === jobId) yield* sql.afterCommit(Effect.andThen(queue.announce, changes.announce(jobId)))
      return { jobId: row.id }
    }, orUnavailable("create a job"))

    const receive = Effect.fn("Jobs.receive")(function* (request: LoadRequest) {
      yield* requireAllowed(request.options)
      const jobId = JobId.make(randomUUID())
      const replica = yield* queue.holder
      const row = yield* send(jobId, request, replica)
      yield* Effect.annotateCurrentSpan({ "sluice.job.id": row.id })
      if (row.id !== jobId) {
        const earlier = yield* read({ jobId: row.id, owner: null })
        if (Option.isSome(earlier)) return earlier.value
        return yield* unavailable("find a job", new Error("the job with this key was just removed"))
      }
      yield* sql.afterCommit(changes.announce(jobId))
      const attempt = {
        claim: { jobId, retryCount: 0 },
        attempt: attemptNumber(0, 0),
        fileUrl: request.fileUrl,
        schema: row.target_schema,
        table: row.table_name,
        target: row.target,
        options: request.options,
      }
      return { attempt, replica, createdAt: row.created_at.getTime() }
    }, orUnavailable("create a job"))

    const find = Effect.fn("Jobs.find")(function* (jobId: JobId) {
      return yield* read(yield* accessTo(jobId))
    }, orUnavailable("find a job"))

    /** Changes the job in the queue and then, if that took effect, its record, in one transaction. */
    const settle = <E1, E2>(
      jobId: JobId,
      inQueue: Effect.Effect<boolean, E1>,
      inRecord: Effect.Effect<unknown, E2>,
    ) =>
      inTransaction(
        sql,
        Effect.tap(inQueue, (held) => (held ? inRecord : Effect.void)),
      ).pipe(Effect.tap((held) => (held ? changes.announce(jobId) : Effect.void)))

    const cancelOnce = (jobId: JobId) =>
      settle(jobId, queue.cancel(jobId), run(sql, JobEnding.cancelled(jobId))).pipe(
        orUnavailable("cancel a job"),
      )

    const cancel = Effect.fn("Jobs.cancel")(function* (jobId: JobId) {
      // The queue does not know whose the job is.
      const { job } = yield* existing(jobId)
      // Of a job that has ended, the table's database need not be asked.
      if (job.final_state === null) yield* fence.cancel(jobId)
      for (let n = 0; n < maxCancelAttempts; n++) {
        const isCancelled = yield* cancelOnce(jobId)
        const job = yield* find(jobId)
        if (Option.isNone(job)) return yield* new JobNotFound({ jobId })
        if (isCancelled || job.value.state === "cancelled") return job.value
        if (isFinal(job.value.state)) return yield* new JobAlreadyFinished({ job: job.value })
      }
      return yield* unavailable("cancel a job", new Error("the queue kept moving the job"))
    })

    const report = Effect.fnUntraced(function* (progress: ReadonlyArray<AttemptReport>) {
      if (progress.length > 0) yield* statements.report(progress)
    }, orUnavailable("report progress"))

    /** Holds back the other jobs of the host as well, if it asked for fewer requests. Of several files, it is that of the failed one. */
    const holdHost = ({ jobId }: Claim, error: LoadError, wait: Duration.Duration | null) => {
      const hold = hostHold(error, wait)
      if (hold === null) return Effect.void
      const { fileUrl } = error.place
      if (fileUrl === undefined) return Effect.asVoid(statements.holdHostOf(jobId, hold))
      const host = hosts.limitedHost(fileUrl)
      return host === null ? Effect.void : Effect.asVoid(statements.holdHost(host, hold))
    }

    const retry = Effect.fn("Jobs.retry")(
      (claim: Claim, error: LoadError, delay: Duration.Duration) =>
        Effect.flatMap(attemptEnd("failed", error), ({ end }) =>
          settle(
            claim.jobId,
            queue.retry(claim, delay),
            Effect.andThen(statements.requeue(claim, error, end), holdHost(claim, error, delay)),
          ),
        ),
      orUnavailable("return a job to the queue"),
    )
    const fail = Effect.fn("Jobs.fail")(
      (claim: Claim, error: LoadError, counters: Counters, read: FileRead | null = null) =>
        Effect.gen(function* () {
          if ((yield* fence.revoke(claim)) !== null) return false
          const attempt = yield* attemptEnd("failed", error)
          return yield* settle(
            claim.jobId,
            queue.fail(claim),
            Effect.andThen(
              run(sql, JobEnding.failed(claim, error, counters, read, attempt)),
              holdHost(claim, error, null),
            ),
          )
        }),
      orUnavailable("fail a job"),
    )
    const endUnchanged = Effect.fn("Jobs.endUnchanged")(function* (
      claim: Claim,
      unchanged: FileUnchanged,
      counters: Counters,
    ) {
      const { completion } = JobEnding
      const attempt = yield* attemptEnd("completed")
      return yield* run(sql, completion.unchanged(claim, unchanged, counters, attempt)).pipe(
        Effect.as(true),
        Effect.catchIf(
          (error) => causeChain(error).some(completion.isClaimLost),
          () => Effect.succeed(false),
        ),
        Effect.withSpan(messagingSpan("settle"), settleSpan(claim.jobId)),
        Effect.tap((held) => (held ? changes.announce(claim.jobId) : Effect.void)),
      )
    }, orUnavailable("complete a run"))
    const release = Effect.fn("Jobs.release")(
      (claim: Claim) =>
        Effect.flatMap(attemptEnd("released"), ({ end }) =>
          settle(claim.jobId, queue.release(claim), statements.requeue(claim, null, end)),
        ),
      orUnavailable("release a job"),
    )

    const begin = Effect.fn("Jobs.begin")(function* (claims: ReadonlyArray<StartedClaim>) {
      const attempts: Array<Attempt> = []
      for (const { claim, row, ...rest } of yield* statements.begin(claims)) {
        yield* changes.announce(claim.jobId)
        if (Option.isSome(row))
          attempts.push(yield* toAttempt(secrets, { claim, row: row.value, ...rest }, targets))
        else
          yield* fail(claim, unreadable, noCounters).pipe(
            Effect.catchTag("FenceUnavailable", (cause) => Effect.fail(unavailable("fail a job", cause))),
          )
      }
      return attempts
    }, orUnavailable("begin an attempt"))

    return Jobs.of({
      ...KeptParts.make(sql, existing),
      create,
      receive,
      find,
      cancel,
      begin,
      report,
      retry,
      fail,
      endUnchanged,
      release,
    })
  }),
).pipe(Layer.provide([JobSecrets.layer, SourceHosts.layer]))
