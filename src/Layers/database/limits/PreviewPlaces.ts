import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import { randomUUID } from "node:crypto"
import type { CallerId } from "../../../Domain/service/Caller.ts"
import { LimitReached } from "../../../Domain/service/Limits.ts"
import { inTransaction } from "../postgres/Transaction.ts"
import { run, type Statement } from "../postgres/Statement.ts"
import { hostLimit, placeLifetime } from "../queue/hostUse.ts"
import { isActive, lockClaims, queueTable } from "../queue/queueTable.ts"
import type { HostLimitValues } from "../../process/SourceHosts.ts"
import { admitWithin } from "./admitWithin.ts"

/** A preview that waits for its host looks this often whether it may start, and gives up after this long. */
const [hostPoll, hostPatience] = [Duration.millis(250), Duration.seconds(10)]

/** After this long, the database counts as not responding. */
const databasePatience = Duration.seconds(2)

export interface PreviewLimits {
  readonly previews: number
  readonly totalPreviews: number
  readonly hosts: HostLimitValues
}

/** The caller of a preview, and the host of its file; `null`: it has no limit. */
interface Preview {
  readonly caller: CallerId
  readonly host: string | null
}

/** Takes a place for a preview and returns its id. */
const takePlace = (
  sql: SqlClient.SqlClient,
  { caller, host }: Preview,
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
      sql`
        insert into sluice.preview_place (id, caller, taken_at, host, is_started)
        values (${id}, ${caller}, clock_timestamp(), ${host}, ${host === null})`,
      id,
    ),
  )
}

/** Starts a preview unless its host is full or held. */
const startPlace = (id: string, { ofHosts, usual }: HostLimitValues): Statement => ({
  text: `
    update sluice.preview_place as place set is_started = true
    where id = $1 and not exists (select from sluice.held_host where host = place.host and held_until > now())
      and (select count(*) from ${queueTable} where ${isActive} and group_tier = place.host) + (
        select count(*) from sluice.preview_place as other
        where other.host = place.host and other.is_started and other.taken_at > now() - interval '${placeLifetime}'
      ) < ${hostLimit("place.host", { usual: "$2", ofHosts: "$3" })}
    returning id`,
  parameters: [id, usual, ofHosts],
})

/** Under the lock of claims, so that each counts what the other has started. */
const tryStart = (sql: SqlClient.SqlClient, id: string, hosts: HostLimitValues) =>
  inTransaction(
    sql,
    Effect.andThen(
      sql`select ${sql.literal(lockClaims)}`,
      Effect.map(run(sql, startPlace(id, hosts)), (rows) => rows.length === 1),
    ),
  )

/** Waits until the preview may start. From its place in the table, claims leave it the next place at its host. */
const waitForHost = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  id: string,
  hosts: HostLimitValues,
) {
  const end = (yield* Clock.currentTimeMillis) + Duration.toMillis(hostPatience)
  while (!(yield* Effect.timeout(tryStart(sql, id, hosts), databasePatience))) {
    if ((yield* Clock.currentTimeMillis) >= end)
      return yield* new LimitReached({ limit: "source_host", scope: "total", retryAfter: 5 })
    yield* Effect.sleep(hostPoll)
  }
  return undefined
})

/** Frees the place, and those of processes that died. */
const freePlace = (sql: SqlClient.SqlClient, id: string) => sql`
  delete from sluice.preview_place where id = ${id} or taken_at < now() - ${placeLifetime}::text::interval`

/** While the database does not respond, what it counts has no limit. */
const orUncounted = <A, E, R>(
  counting: Effect.Effect<A, E | LimitReached, R>,
): Effect.Effect<A | null, LimitReached, R> =>
  Effect.catch(counting, (error) =>
    error instanceof LimitReached ? Effect.fail(error) : Effect.succeed(null),
  )

/**
 * Runs a preview in a place that all replicas count, and when its host has a place for it. While the database does not respond, only
 * the limit of each process holds.
 */
export const inPlace = <A, E, R>(
  sql: SqlClient.SqlClient,
  of: Preview,
  limits: PreviewLimits,
  preview: Effect.Effect<A, E, R>,
): Effect.Effect<A, E | LimitReached, R> =>
  Effect.uninterruptibleMask((restore) =>
    restore(takePlace(sql, of, limits)).pipe(
      Effect.timeout(databasePatience),
      orUncounted,
      Effect.flatMap((id) => {
        if (id === null) return restore(preview)
        const waiting = of.host === null ? Effect.void : orUncounted(waitForHost(sql, id, limits.hosts))
        return Effect.ensuring(restore(Effect.andThen(waiting, preview)), Effect.ignore(freePlace(sql, id)))
      }),
    ),
  )
