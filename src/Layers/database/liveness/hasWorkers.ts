import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { replicasHoldingLock, replicasLeaving } from "../queue/replicaLock.ts"

/** Whether a worker that takes jobs is at work on this database. */
export const hasWorkers = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const found = yield* sql`
    select from (${sql.literal(replicasHoldingLock)}) as live
    where replica not in (${sql.literal(replicasLeaving)}) limit 1`
  return found.length > 0
})
