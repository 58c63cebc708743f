import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { CallerId } from "../../../Domain/service/Caller.ts"
import { LimitReached, type LimitScope } from "../../../Domain/service/Limits.ts"
import { inTransaction } from "../postgres/Transaction.ts"

export interface UploadLimits {
  readonly uploads: number
  readonly totalUploads: number
}

const reached = (scope: LimitScope) => new LimitReached({ limit: "uploads", scope, retryAfter: 5 })

/**
 * Creates the job of an upload unless too many uploads run. One creation at a time, so that counts are exact. Only claimed
 * jobs are counted, and an upload is one from its creation to its end, so a queue of any length costs nothing here.
 */
export const admit = <A, E, R>(
  sql: SqlClient.SqlClient,
  caller: CallerId,
  limits: UploadLimits,
  create: Effect.Effect<A, E, R>,
) =>
  inTransaction(
    sql,
    Effect.gen(function* () {
      yield* sql`select pg_advisory_xact_lock(hashtext('sluice uploads'))`
      const [running] = yield* sql<{ readonly mine: number; readonly all: number }>`
        select count(*) filter (where caller = ${caller})::integer as mine, count(*)::integer as all
        from sluice.claim join sluice.job on id = job_id
        where final_state is null and starts_with(shown_url, 'upload:')`
      if (running !== undefined && running.mine >= limits.uploads) return yield* reached("caller")
      if (running !== undefined && running.all >= limits.totalUploads) return yield* reached("total")
      return yield* create
    }),
  )
