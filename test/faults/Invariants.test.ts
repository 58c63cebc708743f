import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Client, type QueryResultRow } from "pg"
import { Jobs } from "../../src/Domain/job/Jobs.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import * as TestBackend from "../support/TestBackend.ts"
import { TestDatabase } from "../support/TestDatabase.ts"
import { check, checkSessions, type Expectations } from "./Invariants.ts"
import { plainSpec, rowsOf, type Spec } from "./Workload.ts"

type State = "completed" | "failed" | "cancelled"

/** A database as a run leaves it, with one job in each final state, and hands to spoil it. */
const world = Effect.gen(function* () {
  const { url } = yield* TestDatabase
  const jobs = yield* Jobs
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
    const { jobId, table } = yield* jobs.create({ fileUrl, options: {} })
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
    promised: new Set([completed.jobId, cancelled.jobId, failed.jobId]),
    cancelled: new Set([cancelled.jobId]),
    cancelAsked: new Set([cancelled.jobId]),
    mustComplete: new Set([completed.jobId]),
    maxAttempts: 5,
    maxCrashes: 5,
  }
  const rules = (changed: Partial<Expectations> = {}) =>
    Effect.map(check(query, { ...expectations, ...changed }), (found) => found.map(({ rule }) => rule))
  return { query, completed, cancelled, failed, rules, expectations }
})

type World = Effect.Success<typeof world>

/** What is done to the database, and what must be said of it. */
const plants: ReadonlyArray<readonly [rule: string, spoil: (world: World) => string]> = [
  ["a completed job has no table", ({ completed }) => `drop table ${completed.table}`],
  [
    "the table has other rows than the file",
    ({ completed }) => `delete from ${completed.table} where id = '3'`,
  ],
  [
    "the table has other rows than the file",
    ({ completed }) => `insert into ${completed.table} select * from ${completed.table} where id = '3'`,
  ],
  [
    "the table's rows are not the file's",
    ({ completed }) => `update ${completed.table} set name = replace(name, 'v1', 'v2') where id = '8'`,
  ],
  [
    "the table's rows are not the file's",
    ({ completed }) => `update ${completed.table} set note = '' where note is null`,
  ],
  [
    "the table has other columns than the file",
    ({ completed }) => `alter table ${completed.table} rename note to nota`,
  ],
  [
    "the job tells another number of rows than the table has",
    ({ completed }) => `update sluice.job set rows_loaded = 7 where id = '${completed.jobId}'`,
  ],
  [
    "the job tells another number of rejects than were kept",
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
    "a job has not ended",
    ({ failed }) => `update sluice.job set final_state = null where id = '${failed.jobId}'`,
  ],
  [
    "job and queue disagree",
    ({ failed }) => `update boss.job set state = 'completed' where id = '${failed.jobId}'`,
  ],
  [
    "the queue still holds a job as active",
    ({ failed }) => `update boss.job set state = 'active' where id = '${failed.jobId}'`,
  ],
  [
    "a job was tried more often than is allowed",
    ({ failed }) => `update sluice.job set retry_count = 11 where id = '${failed.jobId}'`,
  ],
  [
    "a job failed that need not",
    ({ failed }) => `update sluice.job set retry_count = 1 where id = '${failed.jobId}'`,
  ],
  [
    "a job failed that need not",
    ({ failed }) => `update sluice.job set error = '{"code":"internal_error"}' where id = '${failed.jobId}'`,
  ],
  [
    "a job is not completed that must be",
    ({ completed }) => `update sluice.job set final_state = 'failed' where id = '${completed.jobId}'`,
  ],
  [
    "a cancel that was promised did not hold",
    ({ cancelled }) => `update sluice.job set final_state = 'completed' where id = '${cancelled.jobId}'`,
  ],
  [
    "a job is cancelled that nobody cancelled",
    ({ failed }) => `update sluice.job set final_state = 'cancelled' where id = '${failed.jobId}'`,
  ],
  ["a table of a load was left", ({ failed }) => `create table sluice."load ${failed.jobId} 4" (a text)`],
  ["a table of a load was left", ({ failed }) => `create table public."load ${failed.jobId} 4" (a text)`],
  ["a table belongs to no completed job", ({ failed }) => `create table ${failed.table} (a text)`],
  [
    "a job that was promised does not exist",
    ({ failed }) => `delete from sluice.job where id = '${failed.jobId}'`,
  ],
  [
    "one POST made several jobs",
    ({ cancelled, completed }) =>
      `update sluice.job set shown_url = (select shown_url from sluice.job where id = '${completed.jobId}') where id = '${cancelled.jobId}'`,
  ],
]

layer(TestBackend.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "the check of what a run has left",
  (it) => {
    it.effect("finds nothing wrong where nothing is", () =>
      Effect.gen(function* () {
        const { rules } = yield* world
        assert.deepStrictEqual(yield* rules(), [])
      }),
    )

    it.effect.each(plants)("%s", ([rule, spoil]) =>
      Effect.gen(function* () {
        const spoilt = yield* world
        yield* spoilt.query("begin")
        yield* spoilt.query(spoil(spoilt))
        assert.include(yield* spoilt.rules(), rule)
        yield* spoilt.query("rollback")
      }),
    )

    it.effect("a damaged file was loaded", () =>
      Effect.gen(function* () {
        const { expectations, rules } = yield* world
        const specs = new Map(expectations.specs).set(1, {
          ...plainSpec(1, 8),
          isGzip: true,
          isCorrupt: true,
        })
        assert.include(yield* rules({ specs }), "a damaged file was loaded")
      }),
    )

    it.effect("a session outlived its process", () =>
      Effect.gen(function* () {
        const { query } = yield* world
        const pids = (yield* checkSessions(query)).map(({ rule }) => rule)
        // Those of the layers under this test.
        assert.include(pids, "a session outlived its process")
      }),
    )
  },
)
