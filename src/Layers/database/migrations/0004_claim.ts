import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/**
 * `sluice.claim`: which replica holds which job, for others to give the job back when the replica dies; and
 * how often that has happened to a job. A row lives from a job's first claim to its end. The queue has the
 * last word on whether a claim still holds.
 *
 * `sluice.replica`: numbers for replicas. A replica holds the advisory lock of its number while it lives.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`create sequence sluice.replica as integer cycle`
  yield* sql`
    create table sluice.claim (
      job_id uuid primary key,
      retry_count integer not null,
      -- the claim's holder; null once the claim has been settled, or taken from a holder that died
      replica integer,
      -- earlier claims that their holder never settled
      crashes integer not null default 0
    )`
})
