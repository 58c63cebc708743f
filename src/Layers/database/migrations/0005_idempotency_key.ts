import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/** The idempotency key of the request that created the job, and a hash of that request. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`alter table sluice.job add column idempotency_key text collate "C", add column request_hash text`
  yield* sql`
    create unique index job_idempotency_key on sluice.job (idempotency_key) where idempotency_key is not null`
})
