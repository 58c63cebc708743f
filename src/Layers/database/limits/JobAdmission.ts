import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { CallerId } from "../../../Domain/service/Caller.ts"
import { LimitReached, type LimitScope } from "../../../Domain/service/Limits.ts"
import { inTransaction } from "../postgres/Transaction.ts"
import { admitBy } from "../queue/Admission.ts"

export interface JobLimits {
  readonly unfinishedJobs: number
  readonly totalUnfinishedJobs: number
  readonly bytesPerDay: number
  readonly totalBytesPerDay: number
}

/** With fewer free places, one creation at a time is counted. More than all replicas can create at the same moment. */
const countedAlways = 100
const countMillis = 1000
/** How long the sum of bytes is not read again. */
const bytesMillis = 10_000
const maxRemembered = 10_000

/** Unfinished jobs of the caller, and of all, both only up to their limits. */
const countUnfinished = (sql: SqlClient.SqlClient, caller: CallerId, limits: JobLimits) => sql<{
  readonly caller: number
  readonly total: number
}>`
  select
    (select count(*) from (
      select from sluice.job where final_state is null and caller = ${caller} limit ${limits.unfinishedJobs}::bigint
    ) as mine)::float8 as caller,
    (select count(*) from (
      select from sluice.job where final_state is null limit ${limits.totalUnfinishedJobs}::bigint
    ) as every)::float8 as total`

/** Bytes that jobs received in all their attempts, of jobs that have not ended, or ended within a day. */
const sumBytes = (sql: SqlClient.SqlClient, caller: CallerId | null) => {
  const ofCaller = caller === null ? sql.literal("") : sql`and caller = ${caller}`
  return sql<{ readonly bytes: number }>`
    select coalesce(sum(bytes), 0)::float8 as bytes from (
      select bytes_received + earlier_bytes as bytes from sluice.job where final_state is null ${ofCaller}
      union all
      select bytes_received + earlier_bytes from sluice.job
      where final_state is not null and finished_at > now() - interval '1 day' ${ofCaller}
    ) as job`
}

interface FreePlaces {
  readonly caller: number
  readonly total: number
}

const isFar = ({ caller, total }: FreePlaces): boolean => Math.min(caller, total) >= countedAlways

const reached = (limit: LimitReached["limit"], scope: LimitScope, retryAfter: number) =>
  new LimitReached({ limit, scope, retryAfter })

/** What a replica remembers of a caller, so that neither many jobs nor many refusals load the database. */
interface Remembered {
  /** Jobs that may be created without counting, until `countAt`. */
  allowance: number
  countAt: number
  refused: LimitReached | undefined
  bytes: number
  sumAt: number
}

/**
 * Admits jobs of callers. Counts are exact: near a limit, one creation at a time counts and inserts. Far from it, a replica
 * counts once and admits a hundredth of the free places within a second.
 *
 * @returns runs a creation, or fails with the limit that is reached
 */
export const make = (sql: SqlClient.SqlClient, limits: JobLimits) => {
  const memory = new Map<string, Remembered>()
  const remembered = (key: string): Remembered => {
    const known = memory.get(key)
    if (known !== undefined) return known
    if (memory.size >= maxRemembered) memory.clear()
    const made = { allowance: 0, countAt: 0, refused: undefined, bytes: 0, sumAt: 0 }
    memory.set(key, made)
    return made
  }

  const bytesOf = Effect.fnUntraced(function* (caller: CallerId | null, now: number) {
    const state = remembered(caller ?? "")
    if (now >= state.sumAt) {
      const [sum] = yield* sumBytes(sql, caller)
      state.bytes = sum?.bytes ?? 0
      state.sumAt = now + bytesMillis
    }
    return state.bytes
  })

  const checkBytes = Effect.fnUntraced(function* (caller: CallerId, now: number) {
    if ((yield* bytesOf(caller, now)) >= limits.bytesPerDay) return reached("bytes_per_day", "caller", 3600)
    return (yield* bytesOf(null, now)) >= limits.totalBytesPerDay
      ? reached("bytes_per_day", "total", 3600)
      : undefined
  })

  const freePlaces = Effect.fnUntraced(function* (caller: CallerId) {
    const [count = { caller: 0, total: 0 }] = yield* countUnfinished(sql, caller, limits)
    return { caller: limits.unfinishedJobs - count.caller, total: limits.totalUnfinishedJobs - count.total }
  })

  const lock = (key: string) => sql`select pg_advisory_xact_lock(hashtext(${`sluice jobs ${key}`}::text))`

  /** Remembers the count. Fails if no place is free. */
  const remember = (caller: CallerId, free: FreePlaces, now: number) => {
    const state = remembered(caller)
    const scope = free.caller <= 0 ? "caller" : free.total <= 0 ? "total" : undefined
    state.countAt = now + countMillis
    const least = Math.min(free.caller, free.total)
    // Fewer could be used up by other replicas within the second.
    state.allowance = least < 10 * countedAlways ? 0 : Math.floor(least / 100)
    state.refused = scope === undefined ? undefined : reached("unfinished_jobs", scope, 5)
    return state.refused === undefined ? Effect.void : Effect.fail(state.refused)
  }

  /** Counts and inserts in one transaction. Its locks are held until the commit, so the next one counts this job too. */
  const insertCounted = <A, E, R>(caller: CallerId, insert: Effect.Effect<A, E, R>, now: number) =>
    inTransaction(
      sql,
      Effect.gen(function* () {
        const free = yield* freePlaces(caller)
        if (free.caller < countedAlways) yield* lock(caller)
        if (free.total < countedAlways) yield* lock("")
        yield* remember(caller, yield* freePlaces(caller), now)
        return yield* insert
      }),
    )

  return Effect.fnUntraced(function* <A, E, R>(caller: CallerId, create: Effect.Effect<A, E, R>) {
    const now = yield* Clock.currentTimeMillis
    const state = remembered(caller)
    if (state.refused !== undefined && now < state.countAt) return yield* state.refused
    const overBytes = yield* checkBytes(caller, now)
    if (overBytes !== undefined) return yield* overBytes
    if (state.allowance > 0 && now < state.countAt) {
      state.allowance--
      return yield* create
    }
    const free = yield* freePlaces(caller)
    if (!isFar(free)) return yield* admitBy((insert) => insertCounted(caller, insert, now), create)
    yield* remember(caller, free, now)
    return yield* create
  })
}
