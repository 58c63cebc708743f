import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { replicasClaiming } from "../queue/replicaLock.ts"

/** Whether a worker that takes jobs is at work on this database. */
export const hasWorkers = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const found = yield* sql`select from (${sql.literal(replicasClaiming)}) as live limit 1`
  return found.length > 0
})
