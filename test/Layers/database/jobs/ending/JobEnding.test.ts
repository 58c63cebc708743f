import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { JobId } from "../../../../../src/Domain/job/Job.ts"
import { Jobs } from "../../../../../src/Domain/job/Jobs.ts"
import { noCounters } from "../../../../../src/Domain/job/Progress.ts"
import { loadError } from "../../../../../src/Domain/load/LoadError.ts"
import { TableName } from "../../../../../src/Domain/load/columns/TableName.ts"
import { onlyInserted } from "../../../../../src/Domain/load/SchemaChanges.ts"
import { SourceUrl } from "../../../../../src/Domain/source/SourceUrl.ts"
import { withSetPlans } from "../../../../../src/Layers/database/session/planSettings.ts"
import { completion } from "../../../../../src/Layers/database/jobs/ending/JobEnding.ts"
import { PgBossClient } from "../../../../../src/Layers/database/queue/PgBossClient.ts"
import { toAttempt } from "../../../../../src/Layers/database/queue/PgBossStatements.ts"
import { queueName } from "../../../../../src/Layers/database/queue/queueTable.ts"
import { findings, running } from "../../../../support/SinkLoads.ts"
import * as TestBackend from "../../../../support/TestBackend.ts"

const fileUrl = SourceUrl.make("http://files.example/tripsdata.csv")

const webhookSecret = `whsec_${Buffer.alloc(32).toString("base64")}`

const result = {
  columns: [],
  rowChanges: onlyInserted(0),
  schemaChanges: null,
  compression: null,
  counters: noCounters,
  findings,
  stored: { rows: 3, rejects: 0 },
  attempt: { end: { outcome: "completed", phases: [] }, points: [] },
} as const

layer(TestBackend.layer({ WEBHOOK_SECRETS: webhookSecret }), {
  excludeTestServices: true,
  timeout: Duration.seconds(60),
})("the end of a job", (it) => {
  it.effect.each([
    { change: "set state = 'cancelled'", ends: "cancelled", code: null },
    { change: "set state = 'failed'", ends: "failed", code: "worker_lost" },
    { change: "set state = 'completed'", ends: "failed", code: "worker_lost" },
    { change: "deleted", ends: "failed", code: "worker_lost" },
  ])(
    "a job that was $change in the queue by hand ends as $ends, frees its name and makes its webhook due",
    ({ change, code, ends }) =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const jobs = yield* Jobs
        const callbackUrl = "https://example.org/hook"
        const request = { fileUrl, options: { tableName: TableName.make(`by hand ${change}`), callbackUrl } }
        const { jobId } = yield* jobs.create(request)
        const byHand = change === "deleted" ? "delete from boss.job" : `update boss.job ${change}`
        yield* sql.unsafe(`${byHand} where id = '${jobId}'`)
        const job = Option.getOrThrow(yield* jobs.find(jobId))
        assert.deepStrictEqual([job.state, job.error?.code ?? null], [ends, code])
        assert.isNotNull(job.finishedAt)
        // Its webhook reports this end, too.
        assert.strictEqual(job.callback?.state, "pending")
        assert.isNotNull(job.callback?.nextAttemptAt)
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

  it.effect("a completion does to the queue's row what pg-boss's complete does", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const boss = yield* PgBossClient
      const [own, other] = [yield* running, yield* running]
      const { claim } = other.attempt
      yield* Effect.promise(() => boss.complete(queueName, toAttempt(claim), { rows: 3 }))
      yield* sql.withTransaction(
        Effect.andThen(
          sql.unsafe(`prepare ${completion.name} as ${completion.statement}`),
          sql.unsafe(completion.execute(own.attempt.claim, result)),
        ),
      )
      const rowOf = (jobId: JobId) =>
        Effect.map(
          sql<{ job: Record<string, unknown> }>`
              select to_jsonb(job) - array['id', 'data', 'created_on', 'start_after', 'started_on', 'heartbeat_on', 'keep_until']
                || jsonb_build_object('completed_on', completed_on between started_on and clock_timestamp()) as job
              from boss.job where id = ${jobId} and name = ${queueName}`,
          (rows) => rows[0]?.job,
        )
      const row = yield* rowOf(own.jobId)
      assert.strictEqual(row?.["state"], "completed")
      assert.deepStrictEqual(row, yield* rowOf(other.jobId))
    }),
  )

  it.effect("a completion finds its rows with indexes, also while the tables are small", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const { attempt } = yield* running
      const plan = yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* sql.unsafe(`prepare planned as ${completion.statement}`)
          for (const setting of withSetPlans.split("; ")) yield* sql.unsafe(setting)
          return yield* sql.unsafe<Readonly<Record<string, string>>>(
            `explain ${completion.execute(attempt.claim, result).replace(completion.name, "planned")}`,
          )
        }),
      )
      const text = plan.map((row) => row["QUERY PLAN"]).join("\n")
      assert.include(text, "Index Scan")
      assert.notInclude(text, "Seq Scan")
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
})
