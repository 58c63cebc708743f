import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { JobId } from "../../../../src/Domain/job/Job.ts"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import { shownRuns } from "../../../../src/Domain/refresh/RefreshedSource.ts"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import { cleanUp, endLeftBehind, removeOld } from "../../../../src/Layers/database/jobs/JobRetention.ts"
import { expectedLogs } from "../../../support/expectedLogs.ts"
import { createJob } from "../../../support/jobFixtures.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const fileUrl = SourceUrl.make("http://files.example/kept.csv")

const create = createJob({ fileUrl, options: {} })

const endedDaysAgo = Effect.fnUntraced(function* (jobId: JobId, days: number, state: string) {
  const sql = yield* PgClient.PgClient
  yield* sql`
    update sluice.job set final_state = ${state}, finished_at = now() - make_interval(days => ${days})
    where id = ${jobId}`
  yield* sql`
    insert into sluice.reject (job_id, record, line, byte_offset, reason, message, raw, raw_bytes)
    values (${jobId}, 1, 2, 10, 'ragged_record', 'too short', 'a', 1)`
  yield* sql`
    insert into sluice.skipped_line (job_id, kind, line, byte_offset, raw, raw_bytes)
    values (${jobId}, 'comment', 3, 12, '# a', 3)`
})

const isKept = Effect.fnUntraced(function* (jobId: JobId) {
  const sql = yield* PgClient.PgClient
  const rejects = yield* sql`select 1 from sluice.reject where job_id = ${jobId}`
  const skipped = yield* sql`select 1 from sluice.skipped_line where job_id = ${jobId}`
  const jobs = yield* Jobs
  return {
    job: Option.isSome(yield* jobs.find(jobId)),
    rejects: rejects.length,
    skipped: skipped.length,
  }
})

layer(Layer.provideMerge(TestBackend.layer(), expectedLogs("removed old job records")), {
  excludeTestServices: true,
  timeout: Duration.seconds(60),
})("job retention", (it) => {
  it.effect(
    "removes old jobs, their rejects and skipped lines, and keeps their tables and all other jobs",
    () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const old = yield* create
        const failed = yield* create
        const recent = yield* create
        const waiting = yield* create
        yield* sql`create table public.${sql(old.table)} as select 1 as n`
        yield* endedDaysAgo(old.jobId, 91, "completed")
        yield* endedDaysAgo(failed.jobId, 91, "failed")
        yield* endedDaysAgo(recent.jobId, 89, "completed")
        yield* sql`update sluice.job set created_at = now() - interval '1 year' where id = ${waiting.jobId}`

        yield* removeOld(Duration.days(90))

        assert.deepStrictEqual(yield* isKept(old.jobId), { job: false, rejects: 0, skipped: 0 })
        assert.deepStrictEqual(yield* isKept(failed.jobId), { job: false, rejects: 0, skipped: 0 })
        assert.deepStrictEqual(yield* isKept(recent.jobId), { job: true, rejects: 1, skipped: 1 })
        assert.deepStrictEqual(yield* isKept(waiting.jobId), { job: true, rejects: 0, skipped: 0 })
        assert.deepStrictEqual(yield* sql`select n from public.${sql(old.table)}`, [{ n: 1 }])
      }),
  )

  it.effect("makes notifications due whose jobs have ended without them", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const waiting = yield* create
      const ended = yield* create
      yield* sql`
        insert into sluice.webhook (job_id, host, shown_url)
        select id, 'h.example', 'https://h.example/' from sluice.job where id in (${waiting.jobId}, ${ended.jobId})`
      yield* endedDaysAgo(ended.jobId, 1, "completed")
      yield* cleanUp(Duration.days(90))
      const due = yield* sql`
        select job_id as id from sluice.webhook where state = 'pending' and next_attempt_at <= now()`
      assert.deepStrictEqual(due, [{ id: ended.jobId }])
    }),
  )

  it.effect("removes receivers that no source has, once all notifications to them have been delivered", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const { jobId } = yield* create
      yield* sql`
        insert into sluice.source_callback (id, host, content)
        select n::text::uuid, 'h.example', '' from unnest(array[
          '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']) as n`
      yield* sql`
        insert into sluice.webhook (job_id, host, shown_url, callback_id)
        values (${jobId}, 'h.example', 'https://h.example/', '00000000-0000-4000-8000-000000000001')`
      yield* cleanUp(Duration.days(90))
      assert.lengthOf(yield* sql`select from sluice.source_callback`, 1)
      yield* sql`update sluice.webhook set state = 'delivered'`
      yield* cleanUp(Duration.days(90))
      assert.lengthOf(yield* sql`select from sluice.source_callback`, 0)
    }),
  )

  it.effect("ends the records of jobs that ended in the queue only", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const waiting = yield* create
      const ended = yield* create
      yield* sql`update boss.job set state = 'cancelled' where id = ${ended.jobId}`
      yield* endLeftBehind()
      const states = yield* sql`
          select final_state as state from sluice.job where id in (${waiting.jobId}, ${ended.jobId}) order by created_at`
      assert.deepStrictEqual(states, [{ state: null }, { state: "cancelled" }])
    }),
  )

  it.effect("ends other records and removes old jobs although one record cannot be ended", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const old = yield* create
      yield* endedDaysAgo(old.jobId, 91, "completed")
      const ids = (yield* Effect.all([create, create, create])).map(({ jobId }) => jobId)
      const stuck = ids[0]!
      yield* sql`update boss.job set state = 'cancelled' where ${sql.in("id", ids)}`
      yield* sql.unsafe(
        `alter table sluice.job add constraint stuck check (id <> '${stuck}' or final_state is null)`,
      )
      yield* Effect.addFinalizer(() => Effect.orDie(sql`alter table sluice.job drop constraint stuck`))

      yield* cleanUp(Duration.days(90))

      const unfinished = yield* sql`
        select id from sluice.job where ${sql.in("id", ids)} and final_state is null`
      assert.deepStrictEqual(unfinished, [{ id: stuck }])
      assert.deepStrictEqual(yield* sql`select id from sluice.job where id = ${old.jobId}`, [])
    }).pipe(Effect.scoped),
  )

  it.effect("keeps everything when the retention is infinite", () =>
    Effect.gen(function* () {
      const old = yield* create
      yield* endedDaysAgo(old.jobId, 10_000, "completed")
      yield* removeOld(Duration.infinity)
      assert.deepStrictEqual(yield* isKept(old.jobId), { job: true, rejects: 1, skipped: 1 })
    }),
  )

  it.effect("removes unchanged runs after a day, and keeps the latest of each source", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const source = "0198f2a1-0b7e-4c35-8d4e-9d0e6f2a7c11"
      yield* sql`
        insert into sluice.job (id, file_url, shown_url, target_schema, table_name, created_at, final_state, finished_at, source_id, unchanged)
        select gen_random_uuid(), ${fileUrl}::text, ${fileUrl}::text, 'public', 'run_' || n, now() - make_interval(hours => n), 'completed',
          now() - make_interval(hours => n), ${source}::uuid, n <> 60 from generate_series(1, 60) as n`
      yield* removeOld(Duration.days(90))
      const left = yield* sql`
        select substr(table_name, 5)::int as hours from sluice.job where source_id = ${source} order by 1`
      assert.deepStrictEqual(
        left.map(({ hours }) => hours),
        [...Array.from({ length: shownRuns }, (_, n) => n + 1), 60],
      )
    }),
  )

  it.effect("removes more old jobs than one batch", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* sql`
          insert into sluice.job (id, file_url, shown_url, target_schema, table_name, created_at, final_state, finished_at)
          select gen_random_uuid(), ${fileUrl}::text, ${fileUrl}::text, 'public', 'many_' || n, now(), 'completed',
            now() - interval '1 year' from generate_series(1, 2500) as n`
      yield* removeOld(Duration.days(90))
      const left = yield* sql`select 1 from sluice.job where table_name like 'many!_%' escape '!'`
      assert.strictEqual(left.length, 0)
    }),
  )
})
