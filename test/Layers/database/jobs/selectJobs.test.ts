import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { JobId } from "../../../../src/Domain/job/Job.ts"
import type { JobFilter } from "../../../../src/Domain/job/list/JobFilter.ts"
import { SourceId } from "../../../../src/Domain/job/SourceId.ts"
import { Owner } from "../../../../src/Domain/service/Caller.ts"
import { selectJobs } from "../../../../src/Layers/database/jobs/list/selectJobs.ts"
import { listSettings } from "../../../../src/Layers/database/postgres/ListPool.ts"
import { host, words } from "../../../../src/Layers/database/jobs/list/searchedColumns.ts"
import { run } from "../../../../src/Layers/database/postgres/Statement.ts"
import { fillJobs } from "../../../support/fillJobs.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const jobs = 30_000

/** Each matches less than a hundredth of the jobs, or much more. */
const filters: Readonly<Record<string, JobFilter>> = {
  nothing: {},
  "a state that few jobs have": { state: "failed" },
  "a state that most jobs have": { state: "completed" },
  "waiting jobs": { state: "created" },
  "running jobs": { state: "active" },
  "jobs in retry": { state: "retry" },
  "a table": { table: "table_7" },
  "a host": { host: "host7.example" },
  "a source": { sourceId: SourceId.make("00000000-0000-4000-8000-000000000007") },
  times: {
    createdAfter: DateTime.makeUnsafe("2020-01-01T01:00:00Z"),
    createdBefore: DateTime.makeUnsafe("2020-01-01T02:00:00Z"),
  },
  "a word that few jobs have": { text: "report7" },
  "words of which one is in all jobs": { text: "example report7" },
  "a source, and words": { sourceId: SourceId.make("00000000-0000-4000-8000-000000000007"), text: "report7" },
  "jobs in retry with a word": { state: "retry", text: "report7" },
  "the beginning of a word that all jobs have": { text: "exam" },
}

const settings = `select ${Object.entries(listSettings)
  .map(([name, value]) => `set_config('${name}', '${value}', true)`)
  .join(", ")}`

const after = [
  DateTime.toEpochMillis(DateTime.makeUnsafe("2020-01-01T05:00:00Z")) * 1000,
  JobId.make("00000000-0000-4000-8000-000000000001"),
] as const

layer(TestBackend.layer(), { excludeTestServices: true, timeout: Duration.seconds(120) })(
  "the plan of a page of jobs",
  (it) => {
    it.effect("reads no table as a whole, for one owner or for all, from the start or from a place", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        yield* fillJobs(sql, jobs)
        for (const [what, filter] of Object.entries(filters))
          for (const owner of [Owner.make("owner1"), Owner.make("owner9"), null])
            for (const place of [null, after]) {
              const { parameters, text } = selectJobs(owner, filter, place, 100)
              const plan = yield* sql.withTransaction(
                Effect.andThen(sql.unsafe(settings), run(sql, { text: `explain ${text}`, parameters })),
              )
              const lines = plan.map((row) => String(row["QUERY PLAN"]))
              const scans = lines.filter((line) => /Seq Scan on job( |$)/.test(line))
              assert.deepStrictEqual(scans, [], `${what}, ${owner}\n${lines.join("\n")}`)
            }
      }),
    )

    it.effect.each<JobFilter>([
      { text: "csv", host: "host7.example" },
      { text: "csv", host: "nowhere.example" },
      { text: "csv", state: "failed" },
      { text: "csv", table: "table_7" },
      { host: "old.example" },
      { host: "frequent.example" },
      { host: "frequent.example", table: "table_8" },
    ])("has all jobs with %j, and reads few others", (filter) =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        for (const owner of [Owner.make("owner1"), Owner.make("owner27"), null]) {
          const { parameters, text } = selectJobs(owner, filter, null, 100)
          const [plan, found] = yield* sql.withTransaction(
            Effect.andThen(
              sql.unsafe(settings),
              Effect.all([
                run(sql, { text: `explain (analyze, buffers, timing off) ${text}`, parameters }),
                run(sql, { text, parameters }),
              ]),
            ),
          )
          const lines = plan.map((row) => String(row["QUERY PLAN"])).join("\n")
          const [, buffers] = /Buffers: shared hit=(\d+)/.exec(lines) ?? []
          // For all owners, the newest thousand jobs of each are read.
          assert.isBelow(Number(buffers), owner === null ? 25_000 : 8000, `${owner}\n${lines}`)
          const expected = yield* sql.unsafe<{ readonly id: string }>(
            `select id from sluice.job
            where (${host} = $1 or $1 = any (other_hosts) or $1 is null) and (table_name = $2 or $2 is null)
              and (final_state = $3 or $3 is null) and (owner = $4 or $4 is null)
            order by created_at desc, id desc limit 101`,
            [filter.host ?? null, filter.table ?? null, filter.state ?? null, owner],
          )
          assert.deepStrictEqual(
            found.map((row) => row["id"]),
            expected.map(({ id }) => id),
            String(owner),
          )
        }
      }),
    )

    it.effect.each([
      { text: "report7", query: "report7:*" },
      { text: "report777", query: "report777:*" },
      { text: "example 17", query: "example:* & 17" },
      { text: "part report77 host", query: "part:* & report77:* & host:*" },
    ])("finds all jobs with the words $text, whether many or few have them", ({ query, text }) =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        for (const owner of [Owner.make("owner1"), Owner.make("owner27"), null])
          for (const place of [null, after]) {
            const found = yield* run(sql, selectJobs(owner, { text }, place, 100))
            const expected = yield* sql.unsafe<{ readonly id: string }>(
              `select id from sluice.job where ${words} @@ to_tsquery('simple', $1) and (owner = $2 or $2 is null)
                and ($3::text is null or (created_at, id) < ($3::text::timestamptz, $4::uuid))
              order by created_at desc, id desc limit 101`,
              [query, owner, place === null ? null : "2020-01-01T05:00:00Z", after[1]],
            )
            assert.deepStrictEqual(
              found.map((row) => row["id"]),
              expected.map(({ id }) => id),
              String(owner),
            )
          }
      }),
    )
  },
)
