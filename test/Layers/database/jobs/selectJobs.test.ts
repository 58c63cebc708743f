import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { JobId } from "../../../../src/Domain/job/Job.ts"
import type { JobFilter } from "../../../../src/Domain/job/list/JobFilter.ts"
import type { JobPlace } from "../../../../src/Domain/job/list/JobList.ts"
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
  "a database": { target: "lake" },
  "a source": { sourceId: SourceId.make("00000000-0000-4000-8000-000000000007") },
  times: {
    createdAfter: DateTime.makeUnsafe("2020-01-01T01:00:00Z"),
    createdBefore: DateTime.makeUnsafe("2020-01-01T02:00:00Z"),
  },
  "a word that few jobs have": { text: "report7" },
  "words of which one is in all jobs": { text: "example report7" },
  "a source, and words": { sourceId: SourceId.make("00000000-0000-4000-8000-000000000007"), text: "report7" },
  "jobs of a source in retry": {
    sourceId: SourceId.make("00000000-0000-4000-8000-000000000007"),
    state: "retry",
  },
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
      { text: "report8", host: "host7.example" },
      { text: "csv", state: "failed" },
      { text: "csv", state: "retry" },
      { text: "csv", table: "table_7" },
      { text: "report7" },
      { text: "report777" },
      { text: "part report77 host" },
      { text: "file_12345" },
      { text: "elsewhere" },
      { host: "old.example" },
      { host: "frequent.example" },
      { host: "frequent.example", table: "table_8" },
      { host: "host7.example", state: "completed" },
      { host: "host7.example", state: "created" },
      { host: "old.example", text: "report7" },
      { host: "old.example", text: "file_29998" },
      { state: "completed", text: "file_12307" },
      { table: "table_8", text: "file_12307" },
    ])("has all jobs with %j, and reads few others for each page", (filter) =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const query = (filter.text ?? "").split(/[ _]/).map((word) => (word.length < 3 ? word : `${word}:*`))
        for (const owner of [Owner.make("owner1"), Owner.make("owner27"), null])
          for (const start of [null, after]) {
            const found: Array<string> = []
            let place: JobPlace | null = start
            for (let pages = 0; found.length < 101; pages++) {
              assert.isBelow(pages, 200, "the search ends")
              const { parameters, text } = selectJobs(owner, filter, place, 100)
              const [plan, rows] = yield* sql.withTransaction(
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
              // For all owners, the newest jobs of each are examined.
              assert.isBelow(Number(buffers), owner === null ? 30_000 : 12_000, `${owner}\n${lines}`)
              found.push(...rows.flatMap((row) => (row["id"] === null ? [] : [String(row["id"])])))
              const { reached_id: id, reached_micros: micros } = rows[0] ?? {}
              if (micros === null) break
              place = [Number(micros), JobId.make(String(id))]
            }
            const expected = yield* sql.unsafe<{ readonly id: string }>(
              `select id from sluice.job
              where (${host} = $1 or id in (select job_id from sluice.job_other_host where host = $1) or $1 is null)
                and (table_name = $2 or $2 is null) and (owner = $4 or $4 is null)
                and (final_state = $3 or $3 is null
                  or final_state is null and $3 = (select state::text from boss.job where name = 'load' and boss.job.id = sluice.job.id))
                and ($5::text is null or ${words} @@ to_tsquery('simple', $5))
                and ($6::text is null or (created_at, id) < ($6::text::timestamptz, $7::uuid))
              order by created_at desc, id desc limit 101`,
              [
                filter.host ?? null,
                filter.table ?? null,
                filter.state ?? null,
                owner,
                filter.text === undefined ? null : query.join(" & "),
                start === null ? null : "2020-01-01T05:00:00Z",
                after[1],
              ],
            )
            assert.deepStrictEqual(
              found.slice(0, 101),
              expected.map(({ id }) => id),
              String(owner),
            )
          }
      }),
    )
  },
)
