import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import type { CallerId } from "../../../Domain/service/Caller.ts"
import { LimitReached, type LimitName } from "../../../Domain/service/Limits.ts"
import { inTransaction } from "../postgres/Transaction.ts"

/**
 * Runs `take` unless the caller, or all callers together, have as many places as they may have. One at a time over all replicas, so
 * that counts are exact.
 *
 * @param options.taken SQL of what follows `select …`: the rows are the places, and have a column `caller`
 */
export const admitWithin = <A, E, R>(
  sql: SqlClient.SqlClient,
  options: {
    readonly limit: LimitName
    readonly caller: CallerId
    readonly taken: Fragment
    readonly perCaller: number
    readonly total: number
  },
  take: Effect.Effect<A, E, R>,
) =>
  inTransaction(
    sql,
    Effect.gen(function* () {
      const { caller, limit, perCaller, taken, total } = options
      yield* sql`select pg_advisory_xact_lock(hashtext(${`sluice ${limit}`}::text))`
      const [found] = yield* sql<{ readonly mine: number; readonly all: number }>`
        select count(*) filter (where caller = ${caller})::integer as mine, count(*)::integer as all ${taken}`
      if (found !== undefined && found.mine >= perCaller)
        return yield* new LimitReached({ limit, scope: "caller", retryAfter: 5 })
      if (found !== undefined && found.all >= total)
        return yield* new LimitReached({ limit, scope: "total", retryAfter: 5 })
      return yield* take
    }),
  )
