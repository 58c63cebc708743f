import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/** Records of jobs that ended long ago are looked for by the hour, among all that are kept. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`create index job_finished_at on sluice.job (finished_at) where final_state is not null`
})
