import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import { randomUUID } from "node:crypto"
import type { CallerId } from "../../../Domain/service/Caller.ts"
import { LimitReached } from "../../../Domain/service/Limits.ts"
import { admitWithin } from "./admitWithin.ts"

/** A place whose process died is free after this long. Longer than the longest preview. */
const placeLifetime = "2 minutes"

export interface PreviewLimits {
  readonly previews: number
  readonly totalPreviews: number
}

/** Takes a place for a preview and returns its id. */
const takePlace = (
  sql: SqlClient.SqlClient,
  caller: CallerId,
  { previews, totalPreviews }: PreviewLimits,
) => {
  const id = randomUUID()
  return admitWithin(
    sql,
    {
      limit: "previews",
      caller,
      taken: sql`from sluice.preview_place where taken_at > now() - ${placeLifetime}::text::interval`,
      perCaller: previews,
      total: totalPreviews,
    },
    Effect.as(
      sql`insert into sluice.preview_place (id, caller, taken_at) values (${id}, ${caller}, clock_timestamp())`,
      id,
    ),
  )
}

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
