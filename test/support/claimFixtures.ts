import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { randomUUID } from "node:crypto"
import { Client } from "pg"
import { JobQueue } from "../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../src/Domain/job/Jobs.ts"
import type { LoadOptions } from "../../src/Domain/load/options/LoadOptions.ts"
import { Caller, CallerId } from "../../src/Domain/service/Caller.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import { takeNumber } from "../../src/Layers/database/liveness/takeNumber.ts"
import { queueTable } from "../../src/Layers/database/queue/queueTable.ts"
import { someCaller } from "./someCaller.ts"
import { TestDatabase } from "./TestDatabase.ts"

/** Creates a job as a caller with this id, for a file on a host of its own unless one is given. */
export const createAs = Effect.fnUntraced(function* (
  caller: string,
  { host = randomUUID(), options = {} }: { readonly host?: string; readonly options?: LoadOptions } = {},
) {
  const jobs = yield* Jobs
  const { jobId } = yield* Effect.provideService(
    jobs.create({ fileUrl: SourceUrl.make(`http://${host}/file.csv`), options }),
    Caller,
    { ...someCaller, id: CallerId.make(caller) },
  )
  return jobId
})

/** Empties the queue and forgets what callers have been given. */
export const withoutJobs = Effect.andThen(PgClient.PgClient, (sql) =>
  sql.unsafe(
    `with jobs as (delete from ${queueTable}), claims as (delete from sluice.claim) delete from sluice.caller_share`,
  ),
)

/** The ids of the jobs that one claim gets. */
export const claimedIds = (limit: number) =>
  Effect.flatMap(JobQueue, (queue) =>
    Effect.map(queue.claim(limit), (loads) => loads.map(({ claim }) => claim.jobId)),
  )

/** A session of another worker that lives, with the plans of a worker, and its number. */
export const connectWorker = Effect.acquireRelease(
  Effect.gen(function* () {
    const { url } = yield* TestDatabase
    const client = new Client({ connectionString: Redacted.value(url) })
    yield* Effect.promise(async () => {
      await client.connect()
      await client.query("set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set jit = off")
    })
    return { client, replica: yield* takeNumber(client, undefined) }
  }),
  ({ client }) => Effect.promise(() => client.end()),
)
