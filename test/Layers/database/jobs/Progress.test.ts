import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { AttemptTimeline } from "../../../../src/Domain/job/attempts/AttemptTimeline.ts"
import { JobQueue } from "../../../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import { noCounters } from "../../../../src/Domain/job/Progress.ts"
import { TableName } from "../../../../src/Domain/load/columns/TableName.ts"
import { claimed, create, createWith, find, trouble } from "../../../support/jobFixtures.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const near = (actual: number | null, expected: number) =>
  assert.isTrue(Math.abs((actual ?? 0) - expected) < expected / 10, `${actual} is not ${expected}`)

const started = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const jobs = yield* Jobs
  const { jobId } = yield* create
  const claim = yield* claimed(jobId)
  yield* jobs.begin([claim])
  /** Reports this number of bytes this number of seconds after the last report, and returns the progress. */
  const report = Effect.fnUntraced(function* (bytesReceived: number, seconds: number) {
    const passed = sql`make_interval(secs => ${seconds})`
    yield* sql`
      update sluice.job set attempt_started_at = attempt_started_at - ${passed}, reported_at = reported_at - ${passed}
      where id = ${jobId}`
    yield* jobs.report([{ claim, counters: { ...noCounters, bytesReceived, bytesTotal: 10_000 } }])
    return (yield* find(jobId)).progress
  })
  return { claim, jobId, jobs, report }
})

layer(TestBackend.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "the progress of a job",
  (it) => {
    it.effect("has the speed and time left of the latest seconds while the job runs, and then the mean", () =>
      Effect.gen(function* () {
        const { claim, jobId, jobs, report } = yield* started
        near((yield* report(1000, 1)).bytesPerSecond, 1000)
        for (let n = 1; n <= 90; n++) yield* report(1000 + 10 * n, 1)
        const slow = yield* report(1910, 1)
        near(slow.bytesPerSecond, 10)
        near(slow.etaSeconds, (10_000 - 1910) / 10)
        // A report that comes late counts for all the time since the last one.
        assert.isBelow((yield* report(1910, 100)).bytesPerSecond ?? 1, 0.5)
        yield* jobs.fail(claim, trouble, { ...noCounters, bytesReceived: 1910 })
        near((yield* find(jobId)).progress.bytesPerSecond, 10)
      }),
    )

    it.effect("is stored when the last report was hours ago", () =>
      Effect.gen(function* () {
        const { report } = yield* started
        yield* report(1000, 1)
        near((yield* report(37_000, 36_000)).bytesPerSecond, 1)
      }),
    )

    it.effect("has no speed while the job waits for its next attempt, whose time is known", () =>
      Effect.gen(function* () {
        const { claim, jobId, jobs, report } = yield* started
        yield* report(1000, 1)
        yield* jobs.retry(claim, trouble, Duration.hours(1))
        const waiting = yield* find(jobId)
        assert.deepStrictEqual([waiting.state, waiting.progress.bytesPerSecond], ["retry", null])
        assert.deepStrictEqual([waiting.attempt, waiting.maxAttempts], [1, 5])
        near(DateTime.toEpochMillis(waiting.nextAttemptAt!) - Date.now(), 3_600_000)
        yield* jobs.cancel(jobId)
        assert.isNull((yield* find(jobId)).nextAttemptAt)
      }),
    )

    it.effect("has each attempt with its replica, its phases and its end", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const jobs = yield* Jobs
        const { jobId } = yield* create
        assert.deepStrictEqual((yield* find(jobId)).attempts, [])
        const begin = Effect.fnUntraced(function* (replica: number) {
          yield* sql`update boss.job set start_after = now() where id = ${jobId}`
          const claim = yield* claimed(jobId)
          yield* jobs.begin([{ ...claim, replica }])
          return claim
        })
        const phases = [
          { phase: "waiting", seconds: 1.5 },
          { phase: "loading", seconds: 3 },
        ] as const
        const points = [{ elapsedSeconds: 2, bytesReceived: 5, rowsLoaded: 1 }]
        const during = Effect.provideService(AttemptTimeline, {
          enter: () => Effect.void,
          measure: Effect.succeed({ phases, throughput: points }),
        })
        /** The outcomes, and those of the job's other members that belong to its attempts. */
        const shown = Effect.map(find(jobId), ({ attempts, throughput }) => ({
          attempts: attempts.map(({ attempt, error, outcome, replica }) => [
            attempt,
            replica,
            outcome,
            error?.code,
          ]),
          last: attempts.at(-1),
          throughput,
        }))

        const failing = yield* begin(3)
        yield* jobs.report([
          { claim: failing, counters: noCounters, measured: { phases, throughput: points } },
        ])
        yield* jobs.report([{ claim: failing, counters: noCounters, measured: { phases } }])
        const running = yield* shown
        assert.deepStrictEqual(running.attempts, [[1, 3, null, undefined]])
        assert.deepInclude(running.last, {
          endedAt: null,
          phases: [phases[0], { phase: "loading", seconds: null }],
        })
        assert.deepStrictEqual(running.throughput, points)

        yield* during(jobs.retry(failing, trouble, Duration.hours(1)))
        const released = yield* begin(4)
        assert.deepStrictEqual((yield* shown).throughput, [])
        yield* during(jobs.release(released))
        const lost = yield* begin(5)
        yield* jobs.report([{ claim: lost, counters: noCounters, measured: { phases } }])
        yield* (yield* JobQueue).retry(lost, Duration.zero)
        const afterLoss = yield* shown
        assert.deepStrictEqual(afterLoss.attempts, [
          [1, 3, "failed", "source_timeout"],
          [2, 4, "released", undefined],
          [2, 5, "lost", undefined],
        ])
        const { endedAt, startedAt } = afterLoss.last!
        assert.strictEqual(DateTime.toEpochMillis(endedAt!) - DateTime.toEpochMillis(startedAt), 3000)

        const last = yield* begin(6)
        yield* during(jobs.fail(last, trouble, noCounters))
        const ended = yield* shown
        assert.deepStrictEqual(ended.attempts.slice(2), [
          [2, 5, "lost", undefined],
          [3, 6, "failed", "source_timeout"],
        ])
        assert.deepStrictEqual(ended.last?.phases, phases)
        assert.deepStrictEqual(ended.throughput, points)
      }),
    )

    it.effect("shows that an attempt was cancelled only if it ran", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const { claim, jobId } = yield* started
        yield* jobs.cancel(jobId)
        const cancelled = (yield* find(jobId)).attempts
        assert.deepStrictEqual(
          cancelled.map(({ outcome }) => outcome),
          ["cancelled"],
        )
        assert.isNotNull(cancelled[0]?.endedAt)
        assert.isFalse(yield* jobs.fail(claim, trouble, noCounters))
        assert.deepStrictEqual((yield* find(jobId)).attempts, cancelled)

        const waiting = yield* started
        yield* jobs.retry(waiting.claim, trouble, Duration.hours(1))
        const [failed] = (yield* find(waiting.jobId)).attempts
        yield* jobs.cancel(waiting.jobId)
        assert.deepStrictEqual((yield* find(waiting.jobId)).attempts, [failed!])
        assert.deepInclude(failed, {
          outcome: "failed",
          error: { code: trouble.code, message: trouble.message },
        })
      }),
    )

    it.effect("keeps the latest twenty attempts", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const { jobId } = yield* create
        const jobs = yield* Jobs
        for (let n = 1; n <= 22; n++) {
          yield* sql`update boss.job set start_after = now() where id = ${jobId}`
          yield* jobs.retry((yield* jobs.begin([yield* claimed(jobId)]))[0]!.claim, trouble, Duration.zero)
        }
        const { attempts } = yield* find(jobId)
        assert.deepStrictEqual(
          attempts.map(({ attempt }) => attempt),
          Array.from({ length: 20 }, (_, index) => index + 3),
        )
        yield* jobs.cancel(jobId)
      }),
    )

    it.effect("has its options as they were given, without secrets", () =>
      Effect.gen(function* () {
        const options = { delimiter: ";", nullValues: ["NA"], tableName: TableName.make("options as given") }
        const { jobId } = yield* createWith({ ...options, headers: { authorization: "Bearer 123" } })
        const headers = { authorization: "***" }
        assert.deepStrictEqual((yield* find(jobId)).options, { ...options, headers })
        const jobs = yield* Jobs
        const [attempt] = yield* jobs.begin([yield* claimed(jobId)])
        assert.deepStrictEqual(attempt?.options.headers, { authorization: "Bearer 123" })
        yield* jobs.cancel(jobId)
        assert.deepStrictEqual((yield* find(jobId)).options, { ...options, headers })
        const { jobId: plain } = yield* create
        assert.deepStrictEqual((yield* find(plain)).options, {})
        yield* jobs.cancel(plain)
      }),
    )
  },
)
