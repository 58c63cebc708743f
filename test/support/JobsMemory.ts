import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import { randomUUID } from "node:crypto"
import type { Claim } from "../../src/Domain/job/Claim.ts"
import { type Column, typed } from "../../src/Domain/load/columns/Column.ts"
import { canonicalRequest } from "../../src/Domain/job/IdempotencyKey.ts"
import { Exports } from "../../src/Domain/job/Exports.ts"
import { JobId, toJobError } from "../../src/Domain/job/Job.ts"
import { JobQueue } from "../../src/Domain/job/JobQueue.ts"
import {
  IdempotencyKeyReused,
  JobAlreadyFinished,
  JobNotFound,
  Jobs,
  type LoadRequest,
  TableNameTaken,
} from "../../src/Domain/job/Jobs.ts"
import type { LoadError } from "../../src/Domain/load/LoadError.ts"
import type { Findings } from "../../src/Domain/load/Findings.ts"
import type { Reject } from "../../src/Domain/load/Reject.ts"
import { countKept, type SkippedLine } from "../../src/Domain/load/SkippedLine.ts"
import * as Result from "effect/Result"
import { type Counters, noCounters } from "../../src/Domain/job/Progress.ts"
import { tableName } from "./tableName.ts"
import { Caller, type Owner, seesAll } from "../../src/Domain/service/Caller.ts"
import * as JobQueueMemory from "./JobQueueMemory.ts"
import { attemptOf, type JobRecord, neverClaimed, nothingYet, toJob } from "./JobRecord.ts"
import { someCaller } from "./someCaller.ts"
import { exported, inOneFile, pageAfter } from "./RejectPages.ts"

/** Operations that only tests may use. */
export class JobsMemory extends Context.Service<
  JobsMemory,
  {
    /** Completes the job as `CopySink` does when it commits; `false` if the claim no longer holds. */
    readonly complete: (
      claim: Claim,
      result: {
        readonly columns: ReadonlyArray<Column>
        readonly counters: Counters
        readonly compression?: string | null
        readonly findings?: Findings
        readonly rejects?: ReadonlyArray<Reject>
        readonly skipped?: ReadonlyArray<SkippedLine>
      },
    ) => Effect.Effect<boolean>
    /** Returns the job to the queue as if its worker had died. */
    readonly crash: (claim: Claim) => Effect.Effect<void>
    /** Makes a job that waits for its retry claimable now. */
    readonly makeClaimable: (jobId: JobId) => Effect.Effect<void>
  }
>()("sluice/test/JobsMemory") {}

/** `Jobs`, `JobQueue` and `Exports` in memory, together; empty at first. Tests call them as `someCaller`. */
export const layer = Layer.effectContext(
  Effect.gen(function* () {
    const { queue, enqueue, settle, crash, makeClaimable } = yield* JobQueueMemory.make
    const records = yield* Ref.make<ReadonlyMap<JobId, JobRecord>>(new Map())

    const change = (jobId: JobId, f: (record: JobRecord) => JobRecord) =>
      Ref.update(records, (all) => {
        const record = all.get(jobId)
        return record === undefined ? all : new Map(all).set(jobId, f(record))
      })

    /** Records the job with the first free table name. */
    const insert = (jobId: JobId, owner: Owner, request: LoadRequest, createdAt: DateTime.Utc) =>
      Ref.modify(
        records,
        (
          all,
        ): readonly [
          Result.Result<JobRecord, TableNameTaken | IdempotencyKeyReused>,
          ReadonlyMap<JobId, JobRecord>,
        ] => {
          const { fileUrl, options, idempotencyKey, otherUrls } = request
          const earlier = [...all.values()].find(
            (record) => record.owner === owner && record.idempotencyKey === idempotencyKey,
          )
          if (idempotencyKey !== undefined && earlier !== undefined) {
            const isSame = canonicalRequest(earlier) === canonicalRequest(request)
            return [
              isSame ? Result.succeed(earlier) : Result.fail(new IdempotencyKeyReused({ idempotencyKey })),
              all,
            ]
          }
          const holding = [...all.values()].filter((record) => record.holdsName)
          const taken = new Set(holding.map((record) => record.table))
          const epoch = Math.floor(DateTime.toEpochMillis(createdAt) / 1000)
          let n = 1
          while (taken.has(tableName(fileUrl, epoch, n))) n++
          if (options.tableName !== undefined && taken.has(options.tableName))
            return [Result.fail(new TableNameTaken({ table: options.tableName })), all]
          const record: JobRecord = {
            jobId,
            owner,
            fileUrl,
            ...(otherUrls === undefined ? {} : { otherUrls }),
            table: options.tableName ?? tableName(fileUrl, epoch, n),
            options,
            idempotencyKey: idempotencyKey ?? null,
            holdsName: true,
            createdAt,
            ...neverClaimed,
          }
          return [Result.succeed(record), new Map(all).set(jobId, record)]
        },
      )

    const create = Effect.fn("Jobs.create")(function* (request: LoadRequest) {
      const jobId = JobId.make(randomUUID())
      const record = yield* Effect.flatMap(
        insert(jobId, (yield* Caller).owner, request, yield* DateTime.now),
        Effect.fromResult,
      )
      if (record.jobId !== jobId) return toJob(record, Option.getOrThrow(yield* queue.state(record.jobId)))
      yield* enqueue({ _tag: "QueuedLoad", version: 2, jobId, traceparent: null })
      return toJob(record, "created")
    })

    /** The record, if the caller may reach it. */
    const reachable = Effect.fnUntraced(function* (jobId: JobId) {
      const caller = yield* Caller
      const record = (yield* Ref.get(records)).get(jobId)
      return record !== undefined && (seesAll(caller) || record.owner === caller.owner) ? record : undefined
    })

    const find = Effect.fn("Jobs.find")(function* (jobId: JobId) {
      const record = yield* reachable(jobId)
      const state = yield* queue.state(jobId)
      return record === undefined ? Option.none() : Option.map(state, (state) => toJob(record, state))
    })

    const recordOf = Effect.fnUntraced(function* (jobId: JobId) {
      return (yield* reachable(jobId)) ?? (yield* new JobNotFound({ jobId }))
    })
    const rejects: Jobs["Service"]["rejects"] = (jobId, page) =>
      Effect.map(recordOf(jobId), (found) =>
        pageAfter(found.rejects.map(inOneFile), ({ record }) => record, page),
      )
    const rejectedFile: Jobs["Service"]["rejectedFile"] = (jobId) =>
      Effect.map(recordOf(jobId), ({ findings, rejects: kept }) => ({
        header: findings?.header ?? null,
        whole: kept.length,
      }))
    const skipped: Jobs["Service"]["skipped"] = (jobId, page) =>
      Effect.map(recordOf(jobId), (found) => ({
        ...pageAfter(found.skipped.map(inOneFile), ({ line }) => line, page),
        kept: countKept(found.findings?.skipped ?? {}),
      }))
    const csv: Exports["Service"]["csv"] = (kind, jobId, selection) =>
      Effect.map(reachable(jobId), (record) =>
        exported(kind, record ?? { rejects: [], skipped: [] }, selection),
      )

    const cancel = Effect.fn("Jobs.cancel")(function* (jobId: JobId) {
      yield* recordOf(jobId)
      const finishedAt = yield* DateTime.now
      if (yield* queue.cancel(jobId)) {
        yield* change(jobId, (record) => ({
          ...record,
          holdsName: false,
          finishedAt,
          counters: { ...record.counters, rowsLoaded: 0, rowsRejected: 0 },
        }))
      }
      const job = yield* find(jobId)
      if (Option.isNone(job)) return yield* new JobNotFound({ jobId })
      if (job.value.state !== "cancelled") return yield* new JobAlreadyFinished({ job: job.value })
      return job.value
    })

    const begin = Effect.fn("Jobs.begin")(function* (claims: ReadonlyArray<Claim>) {
      const now = yield* DateTime.now
      const held = yield* queue.touch(claims)
      for (const { jobId, retryCount } of held) {
        yield* change(jobId, (record) => ({
          ...record,
          retryCount,
          startedAt: record.startedAt ?? now,
          attemptStartedAt: now,
          counters: noCounters,
          reportedAt: null,
          error: null,
        }))
      }
      const all = yield* Ref.get(records)
      return held.flatMap(({ jobId, retryCount }) => {
        const record = all.get(jobId)
        if (record === undefined) return []
        const claim = { jobId, retryCount }
        const attempt = attemptOf(retryCount, record.released)
        const { fileUrl, options, table } = record
        return [{ claim, attempt, fileUrl, schema: "public", table, target: null, options }]
      })
    })

    const report = Effect.fn("Jobs.report")(function* (
      progress: ReadonlyArray<{ readonly claim: Claim; readonly counters: Counters }>,
    ) {
      const reportedAt = yield* DateTime.now
      const held = new Set(yield* queue.touch(progress.map(({ claim }) => claim)))
      for (const { claim, counters } of progress) {
        if (held.has(claim)) yield* change(claim.jobId, (record) => ({ ...record, counters, reportedAt }))
      }
    })

    /** Changes the record if the claim still held. */
    const settled = Effect.fnUntraced(function* (
      claim: Claim,
      settle: Effect.Effect<boolean>,
      f: (record: JobRecord, now: DateTime.Utc) => JobRecord,
    ) {
      const held = yield* settle
      const now = yield* DateTime.now
      if (held) yield* change(claim.jobId, (record) => f(record, now))
      return held
    })

    const retry = Effect.fn("Jobs.retry")((claim: Claim, error: LoadError, delay: Duration.Duration) =>
      settled(claim, settle(claim, "retry", delay), (record) => ({
        ...nothingYet(record),
        error: toJobError(error),
      })),
    )

    const fail: Jobs["Service"]["fail"] = (claim, error, counters, read) =>
      settled(claim, settle(claim, "fail"), (record, now) => ({
        ...record,
        compression: read?.compression ?? null,
        findings: read?.findings ?? null,
        holdsName: false,
        counters: { ...counters, rowsLoaded: 0 },
        reportedAt: now,
        finishedAt: now,
        error: toJobError(error),
      }))

    const release = Effect.fn("Jobs.release")((claim: Claim) =>
      settled(claim, settle(claim, "release"), (record) => ({
        ...nothingYet(record),
        released: record.released + 1,
      })),
    )

    const endUnchanged: Jobs["Service"]["endUnchanged"] = (claim, _, counters) =>
      settled(claim, settle(claim, "complete"), (record, now) => ({
        ...record,
        counters: { ...counters, rowsLoaded: 0 },
        finishedAt: now,
      }))

    const complete: JobsMemory["Service"]["complete"] = (claim, result) =>
      settled(claim, settle(claim, "complete"), (record, now) => ({
        ...record,
        columns: typed(result.columns, []),
        compression: result.compression ?? null,
        findings: result.findings ?? null,
        rejects: result.rejects ?? [],
        skipped: result.skipped ?? [],
        counters: result.counters,
        reportedAt: now,
        finishedAt: now,
      }))

    return Context.make(
      Jobs,
      Jobs.of({
        create,
        receive: () => Effect.die("no uploads in memory"),
        find,
        rejects,
        rejectedFile,
        skipped,
        cancel,
        begin,
        report,
        retry,
        fail,
        endUnchanged,
        release,
      }),
    ).pipe(
      Context.add(JobQueue, queue),
      Context.add(Exports, Exports.of({ csv })),
      Context.add(Caller, someCaller),
      Context.add(JobsMemory, JobsMemory.of({ complete, crash, makeClaimable })),
    )
  }),
)
