import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { jobsQuery } from "../../deploy/kubernetes/scaling.ts"

const grants = readFileSync(new URL("../../docs/deploy.md", import.meta.url), "utf8").match(
  /grant .* to sluice_scaler;/g,
)

/** The jobs by which KEDA scales workers, as a role counts them that has the rights of docs/deploy.md. */
export const jobsForScaler = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  return yield* Effect.gen(function* () {
    for (const each of ["create role sluice_scaler", ...(grants ?? []), "set local role sluice_scaler"])
      yield* sql.unsafe(each)
    const [found] = yield* sql.unsafe<{ readonly count: bigint }>(jobsQuery)
    for (const each of ["reset role", "drop owned by sluice_scaler", "drop role sluice_scaler"])
      yield* sql.unsafe(each)
    return found?.count
  }).pipe(sql.withTransaction)
})
