import { assert, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { IdempotencyKey } from "../../src/Domain/job/IdempotencyKey.ts"
import type { JobId } from "../../src/Domain/job/Job.ts"
import type { JobState } from "../../src/Domain/job/JobState.ts"
import { Jobs } from "../../src/Domain/job/Jobs.ts"
import type { LoadOptions } from "../../src/Domain/load/options/LoadOptions.ts"
import { Readiness } from "../../src/Domain/service/Readiness.ts"
import { TableName } from "../../src/Domain/load/columns/TableName.ts"
import { sweep } from "../../src/Layers/database/copy/StagingSweep.ts"
import { removeOld } from "../../src/Layers/database/jobs/JobRetention.ts"
import * as ClaimLoop from "../../src/Worker/ClaimLoop.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { Intruder } from "../support/Intruder.ts"
import { expectedLogs } from "../support/expectedLogs.ts"
import { createJob } from "../support/jobFixtures.ts"
import * as TestBackend from "../support/TestBackend.ts"
import { TestDatabase } from "../support/TestDatabase.ts"

const reaches = (jobId: JobId, state: JobState) =>
  Effect.flatMap(Jobs, (jobs) => jobs.find(jobId)).pipe(
    Effect.filterOrFail((job) => Option.isSome(job) && job.value.state === state),
    Effect.eventually,
    Effect.timeout("20 seconds"),
  )

const csv = `id,name,at,note\n${Array.from({ length: 40 }, (_, n) => `${n},Ann,2024-05-0${1 + (n % 9)},\n`).join("")}`

/** Does everything that the service does in its database. */
const everything = Effect.gen(function* () {
  const { query } = yield* Intruder
  const jobs = yield* Jobs
  const files = yield* CsvServer.make()
  const create = (path: string, options: LoadOptions = {}, key?: string) =>
    createJob({
      fileUrl: files.url(path),
      options,
      ...(key === undefined ? {} : { idempotencyKey: IdempotencyKey.make(key) }),
    })

  yield* files.serve("/good.csv", CsvServer.file(`${csv}1,too,2024-05-01,long,!\n`))
  const good = yield* create("/good.csv", { types: "infer" }, "key")
  assert.strictEqual((yield* create("/good.csv", { types: "infer" }, "key")).jobId, good.jobId)
  yield* reaches(good.jobId, "completed")
  assert.lengthOf((yield* jobs.rejects(good.jobId, { after: 0, limit: 10 })).items, 1)
  const [loaded] = yield* query(
    `select sum(id)::int as ids, max("at")::text as latest from public."${good.table}"`,
  )
  assert.deepStrictEqual(loaded, { ids: 780, latest: "2024-05-09" })

  const tableName = TableName.make("Named")
  yield* reaches((yield* create("/good.csv", { tableName })).jobId, "completed")
  assert.strictEqual((yield* Effect.flip(create("/good.csv", { tableName })))._tag, "TableNameTaken")
  yield* query(`drop table public."Named"`)
  yield* reaches((yield* create("/good.csv", { tableName })).jobId, "completed")

  yield* reaches((yield* create("/missing.csv")).jobId, "failed")
  yield* files.serve("/busy.csv", CsvServer.status(503, { "retry-after": "60" }))
  const busy = yield* create("/busy.csv")
  yield* reaches(busy.jobId, "retry")
  assert.strictEqual((yield* jobs.cancel(busy.jobId)).state, "cancelled")

  yield* files.serve("/endless.csv", CsvServer.byHand)
  const endless = yield* create("/endless.csv")
  const first = yield* files.request("/endless.csv")
  yield* first.head(200)
  yield* first.send(csv)
  // No session holds the lock of this replica, so the reaper takes it for dead and the worker claims the job again.
  yield* query(`update sluice.claim set replica = 1000001 where job_id = '${endless.jobId}'`)
  const second = yield* files.request("/endless.csv")
  yield* second.head(200)
  yield* second.send(csv)
  assert.strictEqual((yield* jobs.cancel(endless.jobId)).state, "cancelled")
  yield* Effect.all([first.closed, second.closed])

  yield* query(`create table sluice."load 00000000-0000-4000-8000-000000000000 0" (a text)`)
  yield* sweep()
  assert.deepStrictEqual(
    yield* query("select relname::text from pg_class where relkind = 'r' and relname like 'load %'"),
    [],
  )
  yield* query(`update sluice.job set finished_at = now() - interval '1 year' where id = '${good.jobId}'`)
  yield* removeOld(Duration.days(90))
  assert.isTrue(Option.isNone(yield* jobs.find(good.jobId)))
  const { checks } = yield* Readiness
  yield* Effect.forEach(checks, ({ check }) => check)
}).pipe(Effect.scoped)

const publicFirst = Layer.effectDiscard(
  Intruder.use(({ query }) =>
    query(`do $do$ begin
      execute format('alter database %I set search_path = public, pg_catalog', current_database());
    end $do$`),
  ),
)

const cases = [
  { path: "default", streams: "1", setUp: Layer.empty },
  { path: "public-first", streams: "2", setUp: publicFirst },
]
for (const { path, streams, setUp } of cases)
  it.live(
    `the service never calls operators and functions of another role in public, with the ${path} search_path`,
    () => {
      const database = setUp.pipe(Layer.provideMerge(Intruder.layer), Layer.provideMerge(TestDatabase.layer))
      const worker = ClaimLoop.layer.pipe(
        Layer.provideMerge(TestBackend.onDatabase({ COPY_STREAMS: streams })),
        Layer.provideMerge(
          expectedLogs(
            "claiming jobs",
            "attempt ended",
            "returned a dead worker's jobs to the queue",
            "dropped a staging table of a crashed worker",
            "removed old job records",
          ),
        ),
      )
      return Effect.gen(function* () {
        const { calls } = yield* Intruder
        const outcome = yield* everything.pipe(
          Effect.provide(worker),
          Effect.timeout("30 seconds"),
          Effect.exit,
        )
        assert.deepStrictEqual(yield* calls, { count: 0, seen: [] })
        yield* outcome
      }).pipe(Effect.provide(database))
    },
    60_000,
  )
