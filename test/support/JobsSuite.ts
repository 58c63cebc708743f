import { assert, layer } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Claim } from "../../src/Domain/job/Claim.ts"
import { JobId } from "../../src/Domain/job/Job.ts"
import { JobQueue } from "../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../src/Domain/job/Jobs.ts"
import type { Caller } from "../../src/Domain/service/Caller.ts"
import { noCounters } from "../../src/Domain/job/Progress.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import { loadWarning } from "../../src/Domain/load/LoadWarning.ts"
import { findings } from "./SinkLoads.ts"
import { claimed, claimOf, create, createJob, fileUrl, find, trouble } from "./jobFixtures.ts"

const someCounters = {
  bytesReceived: 500,
  bytesTotal: 1000,
  rowsLoaded: 7,
  rowsRejected: 1,
  file: null,
  resumes: 2,
}
const anHour = Duration.hours(1)

/** A new job that a worker has just started. */
const running = Effect.gen(function* () {
  const jobs = yield* Jobs
  const job = yield* create
  const claim = yield* claimed(job.jobId)
  yield* jobs.begin([claim])
  return { jobs, jobId: job.jobId, claim }
})

/** Every call that a holder can make with its claim. */
const everySettle = (claim: Claim) =>
  Effect.gen(function* () {
    const jobs = yield* Jobs
    yield* jobs.report([{ claim, counters: someCounters }])
    return yield* Effect.all([
      jobs.retry(claim, trouble, Duration.zero),
      jobs.fail(claim, trouble, someCounters),
      jobs.release(claim),
    ])
  })

/**
 * Conformance tests for implementations of `Jobs` and its `JobQueue`. They run on the real clock, and no other worker may
 * claim from the queue meanwhile.
 */
export const jobsSuite = <E>(name: string, layerJobs: Layer.Layer<Jobs | JobQueue | Caller, E>): void => {
  layer(layerJobs, { excludeTestServices: true, timeout: Duration.seconds(60) })(name, (it) => {
    it.effect("a new job waits, has a table name, and can be found", () =>
      Effect.gen(function* () {
        const queue = yield* JobQueue
        const job = yield* create
        assert.strictEqual(job.state, "created")
        assert.strictEqual(job.fileUrl, fileUrl)
        assert.isNull(job.requestedUrl)
        assert.isNotEmpty(job.table)
        assert.deepStrictEqual(
          [job.startedAt, job.finishedAt, job.attempt, job.columns, job.error],
          [null, null, null, null, null],
        )
        assert.strictEqual(job.progress.bytesReceived, 0)
        assert.strictEqual(job.waiting?.reason, "slot")
        assert.deepStrictEqual(yield* queue.state(job.jobId), Option.some("created" as const))
      }),
    )

    it.effect("secrets of the URL are masked in the job but not for the worker", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const secret = SourceUrl.make("http://user:hunter2@files.example/a.csv?sig=abc&part=1")
        const job = yield* createJob({ fileUrl: secret, options: {} })
        assert.strictEqual(job.fileUrl, "http://***@files.example/a.csv?sig=***&part=***")
        const [attempt] = yield* jobs.begin([yield* claimed(job.jobId)])
        assert.strictEqual(attempt?.fileUrl, secret)
        assert.strictEqual(attempt?.table, job.table)
        assert.notInclude(JSON.stringify(yield* find(job.jobId)), "hunter2")
      }),
    )

    it.effect("the file of a share link is in the job, and its secrets are masked", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const page = SourceUrl.make("https://onedrive.live.com/embed?resid=A&authkey=hunter2")
        const job = yield* createJob({ fileUrl: page, options: {} })
        assert.strictEqual(job.requestedUrl, "https://onedrive.live.com/download?resid=***&authkey=***")
        yield* jobs.cancel(job.jobId)
        assert.strictEqual((yield* find(job.jobId)).requestedUrl, job.requestedUrl)
      }),
    )

    it.effect("jobs created concurrently for one URL get different table names", () =>
      Effect.gen(function* () {
        const created = yield* Effect.all(
          Array.from({ length: 8 }, () => create),
          { concurrency: "unbounded" },
        )
        assert.strictEqual(new Set(created.map((job) => job.table)).size, 8)
        assert.strictEqual(new Set(created.map((job) => job.jobId)).size, 8)
      }),
    )

    it.effect("an unknown job is not found and cannot be cancelled", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const unknown = JobId.make("00000000-0000-4000-8000-000000000000")
        assert.deepStrictEqual(yield* jobs.find(unknown), Option.none())
        const refused = yield* Effect.flip(jobs.cancel(unknown))
        assert.strictEqual(refused._tag, "JobNotFound")
      }),
    )

    it.effect("a cancelled waiting job is never claimed", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const { jobId } = yield* create
        const cancelled = yield* jobs.cancel(jobId)
        assert.strictEqual(cancelled.state, "cancelled")
        assert.isNotNull(cancelled.finishedAt)
        assert.deepStrictEqual(yield* claimOf(jobId), Option.none())
      }),
    )

    it.effect("cancelling twice returns the same job", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const { jobId } = yield* create
        const once = yield* jobs.cancel(jobId)
        assert.deepStrictEqual(yield* jobs.cancel(jobId), once)
        assert.deepStrictEqual(yield* find(jobId), once)
      }),
    )

    it.effect("the worker of a cancelled running job loses its claim", () =>
      Effect.gen(function* () {
        const { jobs, jobId, claim } = yield* running
        const queue = yield* JobQueue
        assert.deepStrictEqual(yield* queue.touch([claim]), [claim])
        const cancelled = yield* jobs.cancel(jobId)
        assert.strictEqual(cancelled.state, "cancelled")
        assert.deepStrictEqual(yield* queue.touch([claim]), [])
        assert.deepStrictEqual(yield* everySettle(claim), [false, false, false])
        assert.deepStrictEqual(yield* find(jobId), cancelled)
      }),
    )

    it.effect("a job cancelled between claim and begin gets no attempt", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const gone = yield* create
        const kept = yield* create
        const queue = yield* JobQueue
        const claims = (yield* queue.claim(100)).map(({ claim }) => claim)
        yield* jobs.cancel(gone.jobId)
        const ids = (yield* jobs.begin(claims)).map(({ claim }) => claim.jobId)
        assert.include(ids, kept.jobId)
        assert.notInclude(ids, gone.jobId)
        assert.strictEqual((yield* find(gone.jobId)).state, "cancelled")
      }),
    )

    it.effect("a started job is active in attempt 1, and reports update its progress", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const { jobId } = yield* create
        const [attempt] = yield* jobs.begin([yield* claimed(jobId)])
        assert.strictEqual(attempt?.attempt, 1)
        const started = yield* find(jobId)
        assert.strictEqual(started.state, "active")
        assert.strictEqual(started.attempt, 1)
        assert.isNotNull(started.startedAt)
        if (attempt === undefined) return
        yield* jobs.report([{ claim: attempt.claim, counters: someCounters }])
        const { progress } = yield* find(jobId)
        assert.deepInclude(progress, { ...someCounters, percent: 50 })
      }),
    )

    it.effect("a job in retry shows its error, waits for its delay, and gets a new attempt", () =>
      Effect.gen(function* () {
        const { jobs, jobId, claim } = yield* running
        assert.isTrue(yield* jobs.retry(claim, trouble, Duration.zero))
        const waiting = yield* find(jobId)
        assert.strictEqual(waiting.state, "retry")
        assert.strictEqual(waiting.attempt, 1)
        assert.isNull(waiting.finishedAt)
        assert.deepStrictEqual(waiting.error, {
          code: "source_timeout",
          message: "the source went silent",
          record: null,
          line: 12,
          column: null,
          byteOffset: 340,
        })
        const second = yield* claimed(jobId)
        assert.strictEqual(second.retryCount, claim.retryCount + 1)
        const [attempt] = yield* jobs.begin([second])
        assert.strictEqual(attempt?.attempt, 2)
        const again = yield* find(jobId)
        assert.strictEqual(again.state, "active")
        assert.isNull(again.error)
        assert.isNotNull(waiting.startedAt)
      }),
    )

    it.effect("a job that waits for its retry cannot be claimed", () =>
      Effect.gen(function* () {
        const { jobs, jobId, claim } = yield* running
        assert.isTrue(yield* jobs.retry(claim, trouble, anHour))
        assert.deepStrictEqual(yield* claimOf(jobId), Option.none())
        assert.strictEqual((yield* find(jobId)).state, "retry")
        assert.strictEqual((yield* jobs.cancel(jobId)).state, "cancelled")
      }),
    )

    it.effect("a failed job shows its error, progress and findings and cannot be cancelled", () =>
      Effect.gen(function* () {
        const { jobs, jobId, claim } = yield* running
        const warnings = [loadWarning("decided_early", "Slow.")]
        const read = { compression: "gzip", findings: { ...findings, rejects: { nul_byte: 1 }, warnings } }
        assert.isTrue(yield* jobs.fail(claim, trouble, someCounters, read))
        const failed = yield* find(jobId)
        assert.strictEqual(failed.state, "failed")
        const { compression, encoding, lines, rejects } = failed
        assert.deepStrictEqual([compression, encoding, rejects], ["gzip", findings.encoding, { nul_byte: 1 }])
        assert.deepStrictEqual([lines, failed.warnings], [findings.lines, warnings])
        assert.isNull(failed.columns)
        assert.strictEqual(failed.error?.code, "source_timeout")
        assert.isNotNull(failed.finishedAt)
        assert.strictEqual(failed.progress.bytesReceived, 500)
        assert.strictEqual(failed.progress.rowsLoaded, 0)
        const refused = yield* Effect.flip(jobs.cancel(jobId))
        assert.strictEqual(refused._tag, "JobAlreadyFinished")
        if (refused._tag === "JobAlreadyFinished") assert.deepStrictEqual(refused.job, failed)
        assert.deepStrictEqual(yield* claimOf(jobId), Option.none())
      }),
    )

    it.effect("an attempt released by a shutdown is not counted", () =>
      Effect.gen(function* () {
        const { jobs, jobId, claim } = yield* running
        assert.isTrue(yield* jobs.release(claim))
        const released = yield* find(jobId)
        assert.strictEqual(released.state, "retry")
        assert.isNull(released.attempt)
        assert.isNull(released.error)
        const second = yield* claimed(jobId)
        const [again] = yield* jobs.begin([second])
        assert.strictEqual(again?.attempt, 1)
        assert.isTrue(yield* jobs.retry(second, trouble, Duration.zero))
        const [third] = yield* jobs.begin([yield* claimed(jobId)])
        assert.strictEqual(third?.attempt, 2)
      }),
    )

    it.effect("a lapsed claim changes nothing for the current holder", () =>
      Effect.gen(function* () {
        const { jobs, jobId, claim: stale } = yield* running
        assert.isTrue(yield* jobs.retry(stale, trouble, Duration.zero))
        const held = yield* claimed(jobId)
        yield* jobs.begin([held])
        yield* jobs.report([{ claim: held, counters: { ...noCounters, bytesReceived: 3 } }])
        const before = yield* find(jobId)
        assert.deepStrictEqual(yield* everySettle(stale), [false, false, false])
        assert.deepStrictEqual(yield* find(jobId), before)
        assert.isTrue(yield* jobs.fail(held, trouble, noCounters))
      }),
    )

    it.effect("begin with a lapsed claim does not disturb the current attempt", () =>
      Effect.gen(function* () {
        const { jobs, jobId, claim: stale } = yield* running
        assert.isTrue(yield* jobs.release(stale))
        const held = yield* claimed(jobId)
        yield* jobs.begin([held])
        assert.deepStrictEqual(yield* jobs.begin([stale]), [])
        yield* jobs.report([{ claim: held, counters: someCounters }])
        assert.strictEqual((yield* find(jobId)).progress.bytesReceived, 500)
        assert.isTrue(yield* jobs.fail(held, trouble, someCounters))
        assert.strictEqual((yield* find(jobId)).state, "failed")
      }),
    )

    it.effect("a claim can be settled only once", () =>
      Effect.gen(function* () {
        const { jobs, jobId, claim } = yield* running
        assert.isTrue(yield* jobs.fail(claim, trouble, someCounters))
        const failed = yield* find(jobId)
        assert.deepStrictEqual(yield* everySettle(claim), [false, false, false])
        assert.deepStrictEqual(yield* find(jobId), failed)
      }),
    )

    it.effect("createdAt, startedAt and finishedAt are in order", () =>
      Effect.gen(function* () {
        const { jobs, jobId, claim } = yield* running
        yield* jobs.fail(claim, trouble, noCounters)
        const { createdAt, startedAt, finishedAt } = yield* find(jobId)
        assert.isNotNull(startedAt)
        assert.isNotNull(finishedAt)
        if (startedAt === null || finishedAt === null) return
        assert.isTrue(DateTime.isLessThanOrEqualTo(createdAt, startedAt))
        assert.isTrue(DateTime.isLessThanOrEqualTo(startedAt, finishedAt))
      }),
    )
  })
}
