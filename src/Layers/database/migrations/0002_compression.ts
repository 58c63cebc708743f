import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/** How a loaded file was compressed; null when it was not, or when it is not loaded (yet). */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`alter table sluice.job add column compression text`
})
