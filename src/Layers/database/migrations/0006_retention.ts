import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/** The hourly search for old records must not scan all of them. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`create index job_finished_at on sluice.job (finished_at) where final_state is not null`
})
