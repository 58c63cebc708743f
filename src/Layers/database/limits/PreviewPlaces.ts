import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import { randomUUID } from "node:crypto"
import type { CallerId } from "../../../Domain/service/Caller.ts"
import { LimitReached, type LimitScope } from "../../../Domain/service/Limits.ts"
import { inTransaction } from "../postgres/Transaction.ts"

/** A place whose process died is free after this long. Longer than the longest preview. */
const placeLifetime = "2 minutes"

export interface PreviewLimits {
  readonly previews: number
  readonly totalPreviews: number
}

const reached = (scope: LimitScope) => new LimitReached({ limit: "previews", scope, retryAfter: 5 })

/** Takes a place for a preview and returns its id. One taker at a time, so that counts are exact. */
const takePlace = (sql: SqlClient.SqlClient, caller: CallerId, limits: PreviewLimits) =>
  inTransaction(
    sql,
    Effect.gen(function* () {
      yield* sql`select pg_advisory_xact_lock(hashtext('sluice previews'))`
      const [taken] = yield* sql<{ readonly mine: number; readonly all: number }>`
        select count(*) filter (where caller = ${caller})::integer as mine, count(*)::integer as all
        from sluice.preview_place where taken_at > now() - ${placeLifetime}::text::interval`
      if (taken !== undefined && taken.mine >= limits.previews) return yield* reached("caller")
      if (taken !== undefined && taken.all >= limits.totalPreviews) return yield* reached("total")
      const id = randomUUID()
      yield* sql`insert into sluice.preview_place (id, caller, taken_at) values (${id}, ${caller}, clock_timestamp())`
      return id
    }),
  )

/** Frees the place, and those of processes that died. */
const freePlace = (sql: SqlClient.SqlClient, id: string) => sql`
  delete from sluice.preview_place where id = ${id} or taken_at < now() - ${placeLifetime}::text::interval`

/**
 * Runs a preview in a place that all replicas count. While the database does not respond, only the limit of each process
 * holds.
 */
export const inPlace = <A, E, R>(
  sql: SqlClient.SqlClient,
  caller: CallerId,
  limits: PreviewLimits,
  preview: Effect.Effect<A, E, R>,
): Effect.Effect<A, E | LimitReached, R> =>
  Effect.uninterruptibleMask((restore) =>
    restore(takePlace(sql, caller, limits)).pipe(
      Effect.timeout("2 seconds"),
      Effect.catchIf(
        (error) => !(error instanceof LimitReached),
        () => Effect.succeed(null),
      ),
      Effect.flatMap((id) =>
        Effect.ensuring(restore(preview), id === null ? Effect.void : Effect.ignore(freePlace(sql, id))),
      ),
    ),
  )
