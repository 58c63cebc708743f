import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { CsvSource } from "../../../src/Domain/source/CsvSource.ts"
import { Jobs } from "../../../src/Domain/job/Jobs.ts"
import type { LoadOptions } from "../../../src/Domain/load/options/LoadOptions.ts"
import { runAttempt } from "../../../src/Worker/runAttempt.ts"
import { newSlot } from "../../support/TestWorker.ts"
import { claimed, claimedNow, createWith, find } from "../../support/jobFixtures.ts"
import { unversioned } from "../../support/unversioned.ts"

/** A source that sends these pieces for any URL. */
const sending = (pieces: ReadonlyArray<Uint8Array>) => {
  const bytesTotal = pieces.reduce((sum, { length }) => sum + length, 0)
  return CsvSource.of({
    openIfChanged: unversioned,
    open: () =>
      Effect.succeed({
        bytesTotal,
        contentType: "text/csv",
        bytes: Stream.fromIterable(pieces, { chunkSize: 1 }),
        bytesReceived: () => bytesTotal,
        resumes: () => 0,
        fileName: null,
        compression: () => null,
      }),
  })
}

/** Runs a job for a file in these pieces like a worker, and returns everything it leaves in the database. */
export const loadBytes = Effect.fnUntraced(function* (
  pieces: ReadonlyArray<Uint8Array>,
  options: LoadOptions,
) {
  const sql = yield* PgClient.PgClient
  const jobs = yield* Jobs
  const { jobId } = yield* createWith(options)
  const [attempt] = yield* jobs.begin([yield* claimed(jobId)])
  if (attempt === undefined) return yield* Effect.die("the job was not claimed")
  yield* Effect.provideService(runAttempt(newSlot(attempt), claimedNow), CsvSource, sending(pieces))
  const job = yield* find(jobId)
  const table =
    job.state === "completed"
      ? yield* sql<Record<string, string | null>>`select * from public.${sql(job.table)}`
      : null
  const [left] = yield* sql<{ tables: number; rejects: number }>`
    select (select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace
            where relkind = 'r' and (nspname = 'public' or nspname = 'sluice' and relname like 'load %'))::int as tables,
           (select count(*) from sluice.reject where job_id = ${jobId})::int as rejects`
  if (table !== null) yield* sql`drop table public.${sql(job.table)}`
  const rejects =
    job.state === "completed" ? (yield* jobs.rejects(jobId, { after: 0, limit: 1_000_000 })).items : []
  return {
    job,
    /** The rows of the table, in any order; `null` if there is no table. */
    rows: table?.map((row) => (job.columns ?? []).map(({ name }) => row[name] ?? null)) ?? null,
    rejects,
    /** Number of other tables, including staging tables. There were none before. */
    tablesLeft: (left?.tables ?? 0) - (table === null ? 0 : 1),
    rejectsStored: left?.rejects ?? 0,
  }
})
