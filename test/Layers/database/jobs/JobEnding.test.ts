import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import { noCounters } from "../../../../src/Domain/job/Progress.ts"
import { loadError } from "../../../../src/Domain/load/LoadError.ts"
import { TableName } from "../../../../src/Domain/load/columns/TableName.ts"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import { findings, running } from "../../../support/SinkLoads.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const fileUrl = SourceUrl.make("http://files.example/tripsdata.csv")

layer(TestBackend.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "the end of a job",
  (it) => {
    it.effect.each([
      { change: "set state = 'cancelled'", ends: "cancelled", code: null },
      { change: "set state = 'failed'", ends: "failed", code: "worker_lost" },
      { change: "set state = 'completed'", ends: "failed", code: "worker_lost" },
      { change: "deleted", ends: "failed", code: "worker_lost" },
    ])(
      "a job that was $change in the queue by hand ends as $ends and frees its name",
      ({ change, code, ends }) =>
        Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          const jobs = yield* Jobs
          const request = { fileUrl, options: { tableName: TableName.make(`by hand ${change}`) } }
          const { jobId } = yield* jobs.create(request)
          const byHand = change === "deleted" ? "delete from boss.job" : `update boss.job ${change}`
          yield* sql.unsafe(`${byHand} where id = '${jobId}'`)
          const job = Option.getOrThrow(yield* jobs.find(jobId))
          assert.deepStrictEqual([job.state, job.error?.code ?? null], [ends, code])
          assert.isNotNull(job.finishedAt)
          assert.deepStrictEqual(yield* jobs.find(jobId), Option.some(job))
          yield* jobs.cancel((yield* jobs.create(request)).jobId)
        }),
    )

    it.effect.each([
      { reported: "attempt_started_at + interval '10 seconds'", speed: 50 },
      { reported: "null", speed: null },
    ])(
      "a job that the queue ended has the speed $speed with the last report at $reported",
      ({ reported, speed }) =>
        Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          const { jobs, jobId } = yield* running
          yield* sql`
          update sluice.job set bytes_received = 500, attempt_started_at = now() - interval '1 hour'
          where id = ${jobId}`
          yield* sql.unsafe(`update sluice.job set reported_at = ${reported} where id = '${jobId}'`)
          yield* sql`delete from boss.job where id = ${jobId}`
          const job = Option.getOrThrow(yield* jobs.find(jobId))
          assert.deepStrictEqual([job.state, job.progress.bytesPerSecond], ["failed", speed])
        }),
    )

    it.effect("a job that its worker ended has a speed, and byte counts without fractions", () =>
      Effect.gen(function* () {
        const { attempt, jobs, jobId } = yield* running
        const counters = { ...noCounters, bytesReceived: 1e9 + 0.5, bytesTotal: 2e9 + 0.5 }
        yield* jobs.fail(attempt.claim, loadError("source_not_found", "404"), counters)
        const { progress, state } = Option.getOrThrow(yield* jobs.find(jobId))
        assert.deepStrictEqual([state, progress.bytesReceived, progress.bytesTotal], ["failed", 1e9, 2e9])
        assert.isAbove(progress.bytesPerSecond ?? 0, 0)
      }),
    )

    it.effect.each([
      { what: "findings that do not fit their schema", lines: { ...findings.lines, total: Number.NaN } },
      { what: "an error that quotes what Postgres does not store", lines: findings.lines },
    ])("a job with $what fails with its error", ({ lines }) =>
      Effect.gen(function* () {
        const { attempt, jobs, jobId } = yield* running
        const read = { compression: "gzip", findings: { ...findings, lines } }
        yield* jobs.fail(attempt.claim, loadError("source_not_found", "a\0b\ud800"), noCounters, read)
        const job = Option.getOrThrow(yield* jobs.find(jobId))
        assert.deepStrictEqual([job.state, job.error?.message], ["failed", "a\uFFFDb\uFFFD"])
        assert.strictEqual(job.lines === null, Number.isNaN(lines.total))
      }),
    )
  },
)
