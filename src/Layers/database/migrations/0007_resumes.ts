import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/** How often the latest attempt's download broke off and was resumed. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`alter table sluice.job add column resumes integer not null default 0`
})
