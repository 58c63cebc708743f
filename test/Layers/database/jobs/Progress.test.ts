import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import { noCounters } from "../../../../src/Domain/job/Progress.ts"
import { claimed, create, find, trouble } from "../../../support/jobFixtures.ts"
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
  },
)
