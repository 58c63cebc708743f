import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/**
 * `sluice.claim`: which replica holds which job, so that others can return the job to the queue when the replica dies,
 * and how often that has happened to the job. A row exists from a job's first claim to its end. Whether a claim still
 * holds, only pg-boss's row says.
 *
 * `sluice.replica`: a sequence of replica numbers. A replica holds the advisory lock of its number while it lives.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`create sequence sluice.replica as integer cycle`
  yield* sql`
    create table sluice.claim (
      job_id uuid primary key,
      retry_count integer not null,
      -- the claim's holder; null once the claim is settled or its holder has died
      replica integer,
      -- number of claims that their holder never settled
      crashes integer not null default 0
    )`
})
