import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as SqlClient from "effect/sql/SqlClient"
import { randomUUID } from "node:crypto"
import type { Claim } from "../../Domain/job/Claim.ts"
import { JobId } from "../../Domain/job/Job.ts"
import { JobQueue } from "../../Domain/job/JobQueue.ts"
import { isFinal } from "../../Domain/job/JobState.ts"
import {
  type Attempt,
  JobAlreadyFinished,
  JobNotFound,
  IdempotencyKeyReused,
  Jobs,
  type LoadRequest,
  TableNameTaken,
} from "../../Domain/job/Jobs.ts"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import { type Counters, noCounters } from "../../Domain/job/Progress.ts"
import { tableName, type TableName } from "../../Domain/load/TableName.ts"
import { AppConfig } from "../process/AppConfig.ts"
import { orUnavailable } from "./postgres/Database.ts"
import { unavailable } from "./postgres/DatabaseFailure.ts"
import { currentTraceparent } from "../process/TraceContext.ts"
import { attemptNumber, type JobRow, toJob } from "./jobs/JobRow.ts"
import * as JobEnding from "./jobs/JobEnding.ts"
import * as JobStatements from "./jobs/JobStatements.ts"
import * as RejectStatements from "./jobs/RejectStatements.ts"
import { requestHash } from "./jobs/RequestHash.ts"
import { run } from "./postgres/Statement.ts"
import { inTransaction } from "./postgres/Transaction.ts"

/**
 * The queue moves a job by deleting its row and inserting it anew: a cancel that waited for such a move finds nothing to
 * cancel, though the job goes on. It is tried again; so many moves in a row do not happen.
 */
const mostCancels = 10

const unreadable = loadError(
  "internal_error",
  "This version of the service cannot read the job's record. Post the URL again.",
)

/** `Jobs` on Postgres: `sluice.job` and the queue change in one transaction. */
export const layer = Layer.effect(
  Jobs,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const queue = yield* JobQueue
    const { targetSchema } = yield* AppConfig
    const statements = JobStatements.make(sql, targetSchema)

    /** The job that was posted under the request's key, if there is one. */
    const postedBefore = Effect.fnUntraced(function* (request: LoadRequest) {
      const { idempotencyKey } = request
      if (idempotencyKey === undefined) return Option.none()
      const found = yield* statements.selectByKey(idempotencyKey)
      if (Option.isNone(found)) return Option.none()
      if (found.value.requestHash !== requestHash(idempotencyKey, request))
        return yield* new IdempotencyKeyReused({ idempotencyKey })
      return Option.some(found.value.row)
    })

    /** Inserts under the first free name; answers the row of an earlier job when the key is that of one. */
    const insert = Effect.fnUntraced(function* (id: JobId, request: LoadRequest) {
      const createdAt = yield* statements.now
      const epoch = Math.floor(DateTime.toEpochMillis(createdAt) / 1000)
      const { fileUrl, options, idempotencyKey: key } = request
      const under = Effect.fnUntraced(function* (table: TableName) {
        const row = yield* statements.insert({
          id,
          fileUrl,
          table,
          createdAt,
          options,
          idempotencyKey: key ?? null,
          requestHash: key === undefined ? null : requestHash(key, request),
        })
        return Option.isSome(row) ? row : yield* postedBefore(request)
      })
      if (options.tableName !== undefined) {
        const table = options.tableName
        yield* statements.freeName(table)
        return yield* Effect.flatMap(
          under(table),
          Option.match({
            onNone: () => Effect.fail(new TableNameTaken({ table })),
            onSome: Effect.succeed,
          }),
        )
      }
      const named = (n: number) => tableName(fileUrl, epoch, n)
      const first = yield* under(named(1))
      if (Option.isSome(first)) return first.value
      let n = 2 + (yield* statements.countWithPrefix(named(1)))
      while (true) {
        const row = yield* under(named(n))
        if (Option.isSome(row)) return row.value
        n++
      }
    })

    /** The job of a record, in the state it is in. */
    const shown = Effect.fnUntraced(function* (row: JobRow) {
      if (row.final_state !== null) return toJob(row, row.final_state)
      const queued = yield* queue.state(row.id)
      const state = Option.getOrNull(queued)
      if (state !== null && !isFinal(state)) return toJob(row, state)
      // The job ended between the two reads, and its record says how. Or the queue alone ended it: then this ends it.
      yield* run(sql, JobEnding.endedByQueue(row.id, state))
      const ended = yield* statements.select(row.id)
      return toJob(
        Option.getOrElse(ended, () => row),
        "failed",
      )
    })

    const create = Effect.fn("Jobs.create")(function* (request: LoadRequest) {
      const jobId = JobId.make(randomUUID())
      const traceparent = yield* currentTraceparent
      const row = yield* inTransaction(
        sql,
        Effect.gen(function* () {
          const row = yield* insert(jobId, request)
          if (row.id === jobId) yield* queue.enqueue({ _tag: "QueuedLoad", version: 1, jobId, traceparent })
          return row
        }),
      )
      yield* Effect.annotateCurrentSpan({
        "sluice.job.id": row.id,
        "sluice.job.posted_before": row.id !== jobId,
      })
      return row.id === jobId ? toJob(row, "created") : yield* shown(row)
    }, orUnavailable("create a job"))

    const find = Effect.fn("Jobs.find")(function* (jobId: JobId) {
      const row = yield* statements.select(jobId)
      return Option.isNone(row) ? Option.none() : Option.some(yield* shown(row.value))
    }, orUnavailable("find a job"))

    const rejects: Jobs["Service"]["rejects"] = Effect.fn("Jobs.rejects")(function* (
      jobId,
      { after, limit },
    ) {
      const row = yield* statements.select(jobId).pipe(orUnavailable("find a job"))
      if (Option.isNone(row)) return yield* new JobNotFound({ jobId })
      // One more than asked for tells whether there are more.
      const rows = yield* run(sql, RejectStatements.page(jobId, { after, limit: limit + 1 })).pipe(
        orUnavailable("find rejected records"),
      )
      const found = rows.map((row) => RejectStatements.decode(row))
      const shown = found.slice(0, limit)
      return { rejects: shown, next: found.length > limit ? shown.at(-1)!.record : null }
    })

    const cancelled = (jobId: JobId) =>
      inTransaction(
        sql,
        Effect.gen(function* () {
          const cancelled = yield* queue.cancel(jobId)
          if (cancelled) yield* run(sql, JobEnding.cancelled(jobId))
          return cancelled
        }),
      ).pipe(orUnavailable("cancel a job"))

    const cancel = Effect.fn("Jobs.cancel")(function* (jobId: JobId) {
      for (let n = 0; n < mostCancels; n++) {
        const isCancelled = yield* cancelled(jobId)
        const job = yield* find(jobId)
        if (Option.isNone(job)) return yield* new JobNotFound({ jobId })
        if (isCancelled || job.value.state === "cancelled") return job.value
        if (isFinal(job.value.state)) return yield* new JobAlreadyFinished({ job: job.value })
      }
      return yield* unavailable("cancel a job", new Error("the queue kept moving the job"))
    })

    const report = Effect.fnUntraced(function* (
      progress: ReadonlyArray<{ readonly claim: Claim; readonly counters: Counters }>,
    ) {
      if (progress.length > 0) yield* statements.report(progress)
    }, orUnavailable("report progress"))

    /** Settles the claim in the queue and, if it held, the record: one transaction, the queue's row first. */
    const settle = <E1, E2>(inQueue: Effect.Effect<boolean, E1>, inRecord: Effect.Effect<unknown, E2>) =>
      inTransaction(
        sql,
        Effect.tap(inQueue, (held) => (held ? inRecord : Effect.void)),
      )

    const retry = Effect.fn("Jobs.retry")(
      (claim: Claim, error: LoadError, delay: Duration.Duration) =>
        settle(queue.retry(claim, delay), statements.retry(claim, error)),
      orUnavailable("give a job back"),
    )
    const fail = Effect.fn("Jobs.fail")(
      (claim: Claim, error: LoadError, counters: Counters) =>
        settle(queue.fail(claim), run(sql, JobEnding.failed(claim, error, counters))),
      orUnavailable("fail a job"),
    )
    const release = Effect.fn("Jobs.release")(
      (claim: Claim) => settle(queue.release(claim), statements.release(claim)),
      orUnavailable("release a job"),
    )

    const begin = Effect.fn("Jobs.begin")(function* (claims: ReadonlyArray<Claim>) {
      const attempts: Array<Attempt> = []
      for (const { claim, row } of yield* statements.begin(claims)) {
        if (Option.isNone(row)) yield* fail(claim, unreadable, noCounters)
        else
          attempts.push({
            claim,
            attempt: attemptNumber(claim.retryCount, row.value.released),
            fileUrl: row.value.file_url,
            schema: row.value.target_schema,
            table: row.value.table_name,
            options: row.value.options,
          })
      }
      return attempts
    }, orUnavailable("begin an attempt"))

    return Jobs.of({ create, find, rejects, cancel, begin, report, retry, fail, release })
  }),
)
