import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Client, type QueryResultRow } from "pg"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import { createJob } from "../support/jobFixtures.ts"
import * as TestBackend from "../support/TestBackend.ts"
import { TestDatabase } from "../support/TestDatabase.ts"
import { check, checkSessions, type Expectations } from "./Invariants.ts"
import { plainSpec, rowsOf, type Spec } from "./Workload.ts"

type State = "completed" | "failed" | "cancelled"

/** A database after a run, with one job in each final state. */
const finishedRun = Effect.gen(function* () {
  const { url } = yield* TestDatabase
  const client = yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const client = new Client({ connectionString: Redacted.value(url) })
      await client.connect()
      return client
    }),
    (client) => Effect.promise(() => client.end()),
  )
  const query = <Row extends QueryResultRow>(text: string, values: ReadonlyArray<unknown> = []) =>
    Effect.promise(async (): Promise<ReadonlyArray<Row>> => (await client.query<Row>(text, [...values])).rows)

  const specs = new Map<number, Spec>()
  const end = Effect.fnUntraced(function* (number: number, state: State, errorCode: string | null) {
    specs.set(number, plainSpec(number, 8))
    const fileUrl = SourceUrl.make(`http://127.0.0.1:1/file${number}.csv`)
    const { jobId, table } = yield* createJob({ fileUrl, options: {} })
    yield* query(`update boss.job set state = $2 where id = $1`, [jobId, state])
    yield* query(
      `update sluice.job set final_state = $2, retry_count = 0, rows_loaded = $3, error = $4::jsonb where id = $1`,
      [jobId, state, state === "completed" ? 8 : 0, errorCode && JSON.stringify({ code: errorCode })],
    )
    return { jobId, table: `public."${table}"` }
  })
  yield* query("delete from sluice.job")
  yield* query("delete from boss.job")
  const completed = yield* end(1, "completed", null)
  yield* query(`create table ${completed.table} (id text, name text, "say ""hi""" text, note text)`)
  for (const row of rowsOf(plainSpec(1, 8), 1))
    yield* query(`insert into ${completed.table} values ($1, $2, $3, $4)`, [...row])
  const cancelled = yield* end(2, "cancelled", null)
  const failed = yield* end(3, "failed", "source_interrupted")
  yield* query("update sluice.job set retry_count = 4 where id = $1", [failed.jobId])
  yield* Effect.addFinalizer(() => query(`drop table if exists ${completed.table}`))

  const expectations: Expectations = {
    specs,
    accepted: new Set([completed.jobId, cancelled.jobId, failed.jobId]),
    cancelled: new Set([cancelled.jobId]),
    cancelRequested: new Set([cancelled.jobId]),
    mustComplete: new Set([completed.jobId]),
    maxAttempts: 5,
    maxCrashes: 5,
  }
  const rules = (changed: Partial<Expectations> = {}) =>
    Effect.map(check(query, { ...expectations, ...changed }), (found) => found.map(({ rule }) => rule))
  return { query, completed, cancelled, failed, rules, expectations }
})

type FinishedRun = Effect.Success<typeof finishedRun>

/** Changes to the database, and the violation each must be reported as. */
const violations: ReadonlyArray<readonly [rule: string, violate: (run: FinishedRun) => string]> = [
  ["a completed job has no table", ({ completed }) => `drop table ${completed.table}`],
  [
    "the table has a different number of rows than the file",
    ({ completed }) => `delete from ${completed.table} where id = '3'`,
  ],
  [
    "the table has a different number of rows than the file",
    ({ completed }) => `insert into ${completed.table} select * from ${completed.table} where id = '3'`,
  ],
  [
    "the table's rows differ from the file's",
    ({ completed }) => `update ${completed.table} set name = replace(name, 'v1', 'v2') where id = '8'`,
  ],
  [
    "the table's rows differ from the file's",
    ({ completed }) => `update ${completed.table} set note = '' where note is null`,
  ],
  [
    "the table's columns differ from the file's",
    ({ completed }) => `alter table ${completed.table} rename note to nota`,
  ],
  [
    "the job's row count is not the table's",
    ({ completed }) => `update sluice.job set rows_loaded = 7 where id = '${completed.jobId}'`,
  ],
  [
    "the job's reject count is not the number of stored rejects",
    ({ completed }) => `update sluice.job set rows_rejected = 1 where id = '${completed.jobId}'`,
  ],
  [
    "the rejects are not the file's bad records",
    ({ completed }) =>
      `insert into sluice.reject values ('${completed.jobId}', 1, 1, null, 0, 'r', 'm', '', 0)`,
  ],
  [
    "a job that was not completed has rejects",
    ({ failed }) => `insert into sluice.reject values ('${failed.jobId}', 1, 1, null, 0, 'r', 'm', '', 0)`,
  ],
  [
    "the skipped lines are not the file's comments",
    ({ completed }) =>
      `insert into sluice.skipped_line values ('${completed.jobId}', 'comment', 1, 0, '', 0)`,
  ],
  [
    "a job that was not completed has skipped lines",
    ({ failed }) => `insert into sluice.skipped_line values ('${failed.jobId}', 'comment', 1, 0, '', 0)`,
  ],
  [
    "a job has not ended",
    ({ failed }) => `update sluice.job set final_state = null where id = '${failed.jobId}'`,
  ],
  [
    "job record and queue disagree",
    ({ failed }) => `update boss.job set state = 'completed' where id = '${failed.jobId}'`,
  ],
  [
    "the queue still has an active job",
    ({ failed }) => `update boss.job set state = 'active' where id = '${failed.jobId}'`,
  ],
  [
    "a job had more attempts than allowed",
    ({ failed }) => `update sluice.job set retry_count = 11 where id = '${failed.jobId}'`,
  ],
  [
    "a job failed without an excuse",
    ({ failed }) => `update sluice.job set retry_count = 1 where id = '${failed.jobId}'`,
  ],
  [
    "a job failed without an excuse",
    ({ failed }) => `update sluice.job set error = '{"code":"internal_error"}' where id = '${failed.jobId}'`,
  ],
  [
    "a job that must complete did not",
    ({ completed }) => `update sluice.job set final_state = 'failed' where id = '${completed.jobId}'`,
  ],
  [
    "a confirmed cancel did not hold",
    ({ cancelled }) => `update sluice.job set final_state = 'completed' where id = '${cancelled.jobId}'`,
  ],
  [
    "a job was cancelled without a request",
    ({ failed }) => `update sluice.job set final_state = 'cancelled' where id = '${failed.jobId}'`,
  ],
  ["a load left a table behind", ({ failed }) => `create table sluice."load ${failed.jobId} 4" (a text)`],
  ["a load left a table behind", ({ failed }) => `create table public."load ${failed.jobId} 4" (a text)`],
  ["a table belongs to no completed job", ({ failed }) => `create table ${failed.table} (a text)`],
  ["an accepted job does not exist", ({ failed }) => `delete from sluice.job where id = '${failed.jobId}'`],
  [
    "one POST created several jobs",
    ({ cancelled, completed }) =>
      `update sluice.job set shown_url = (select shown_url from sluice.job where id = '${completed.jobId}') where id = '${cancelled.jobId}'`,
  ],
]

layer(TestBackend.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "the check after a run",
  (it) => {
    it.effect("the check reports no violation in a sound database", () =>
      Effect.gen(function* () {
        const { rules } = yield* finishedRun
        assert.deepStrictEqual(yield* rules(), [])
      }),
    )

    it.effect.each(violations)("a violation is reported: %s", ([rule, violate]) =>
      Effect.gen(function* () {
        const run = yield* finishedRun
        yield* run.query("begin")
        yield* run.query(violate(run))
        assert.include(yield* run.rules(), rule)
        yield* run.query("rollback")
      }),
    )

    it.effect("a violation is reported: a damaged file was loaded", () =>
      Effect.gen(function* () {
        const { expectations, rules } = yield* finishedRun
        const specs = new Map(expectations.specs).set(1, {
          ...plainSpec(1, 8),
          isGzip: true,
          isCorrupt: true,
        })
        assert.include(yield* rules({ specs }), "a damaged file was loaded")
      }),
    )

    it.effect("a violation is reported: a session outlived its process", () =>
      Effect.gen(function* () {
        const { query } = yield* finishedRun
        const reported = (yield* checkSessions(query)).map(({ rule }) => rule)
        // The sessions of this test's own layers.
        assert.include(reported, "a session outlived its process")
      }),
    )
  },
)
