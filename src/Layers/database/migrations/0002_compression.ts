import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/** How the loaded file was compressed; null if it was not compressed or is not loaded. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`alter table sluice.job add column compression text`
})
