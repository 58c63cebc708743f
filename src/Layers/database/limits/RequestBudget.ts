import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Semaphore from "effect/Semaphore"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Scope } from "effect/Scope"

/** One bucket of tokens, one token for each request, which fills by `limit` a second up to `limit`. */
export interface BucketLimit {
  readonly key: string
  readonly limit: number
}

/** A replica takes this part of a bucket at a time. So limits hold within this part for each replica. */
const leasedPart = 0.1
/** Tokens that a replica has taken but not used expire after this many milliseconds. */
const leaseMillis = 1000
/** An empty bucket is not asked again for this long, so that refused requests cost no statements. */
const refusalMillis = 250
/** Most buckets that a replica remembers. */
const maxBuckets = 10_000

interface Lease {
  tokens: number
  expiresAt: number
  refusedUntil: number
  readonly refill: Semaphore.Semaphore
}

/** Takes tokens from buckets, fewer if they have fewer. One statement for all of them. */
const takeTokens = (sql: SqlClient.SqlClient, buckets: ReadonlyArray<BucketLimit>) => sql<{
  readonly key: string
  readonly granted: number
}>`
  with wanted as (
    select * from jsonb_to_recordset(${JSON.stringify(buckets)}::text::jsonb) as wanted(key text, "limit" float8)
    -- all replicas lock the buckets in the same order
    order by key
  )
  insert into sluice.request_bucket as bucket (key, tokens, granted, filled_at)
  select key, "limit" - ceil("limit" * ${leasedPart}::float8), ceil("limit" * ${leasedPart}::float8), clock_timestamp() from wanted
  on conflict (key) do update
  set (tokens, granted, filled_at) = (
    select available - granted, granted, clock_timestamp()
    from (
      select available, least(floor(available), ceil("limit" * ${leasedPart}::float8)) as granted
      from (
        select "limit", least("limit",
          bucket.tokens + "limit" * greatest(0, extract(epoch from clock_timestamp() - bucket.filled_at))) as available
        from wanted where wanted.key = excluded.key
      ) as filled
    ) as taken
  )
  returning key, granted`

/** A bucket that nobody has used for a minute is full, as a new one is. */
const removeIdle = (sql: SqlClient.SqlClient) =>
  sql`delete from sluice.request_bucket where filled_at < now() - interval '1 minute'`

/**
 * Token buckets in Postgres, shared by all replicas. Each replica takes tokens in advance, so most requests need no
 * statement. While the database does not respond, each replica grants the whole limit by itself.
 *
 * @returns takes a token of each bucket; returns the first bucket that is empty
 */
export const make = (
  sql: SqlClient.SqlClient,
): Effect.Effect<
  (buckets: ReadonlyArray<BucketLimit>) => Effect.Effect<BucketLimit | undefined>,
  never,
  Scope
> =>
  Effect.gen(function* () {
    const leases = new Map<string, Lease>()
    const leaseOf = (key: string): Lease => {
      const known = leases.get(key)
      if (known !== undefined) return known
      if (leases.size >= maxBuckets) leases.clear()
      const made = { tokens: 0, expiresAt: 0, refusedUntil: 0, refill: Semaphore.makeUnsafe(1) }
      leases.set(key, made)
      return made
    }
    const has = (key: string, now: number): boolean => {
      const { expiresAt, tokens } = leaseOf(key)
      return tokens > 0 && now < expiresAt
    }
    /** Takes one token of each; `undefined` if a lease must be renewed first. */
    const takeLeased = (buckets: ReadonlyArray<BucketLimit>, now: number) => {
      const refused = buckets.find(({ key }) => !has(key, now) && now < leaseOf(key).refusedUntil)
      if (refused !== undefined) return { refused }
      if (!buckets.every(({ key }) => has(key, now))) return undefined
      for (const { key } of buckets) leaseOf(key).tokens--
      return { refused: undefined }
    }
    const renew = Effect.fnUntraced(function* (buckets: ReadonlyArray<BucketLimit>) {
      const before = yield* Clock.currentTimeMillis
      const empty = buckets.filter(({ key }) => !has(key, before))
      const granted = yield* takeTokens(sql, empty).pipe(
        Effect.timeout("2 seconds"),
        Effect.orElseSucceed(() => empty.map(({ key, limit }) => ({ key, granted: limit }))),
      )
      const now = yield* Clock.currentTimeMillis
      for (const { granted: tokens, key } of granted) {
        const lease = leaseOf(key)
        lease.tokens = tokens
        lease.expiresAt = now + leaseMillis
        lease.refusedUntil = tokens > 0 ? 0 : now + refusalMillis
      }
    })
    yield* removeIdle(sql).pipe(
      Effect.ignore,
      Effect.repeat(Schedule.spaced("10 minutes")),
      Effect.withTracerEnabled(false),
      Effect.forkScoped,
    )
    return (buckets) => {
      const take = Effect.map(Clock.currentTimeMillis, (now) => takeLeased(buckets, now))
      const renewed = Effect.gen(function* () {
        // Another request may have renewed the leases while this one waited for its turn.
        for (let attempt = 0; attempt < 3; attempt++) {
          const taken = yield* take
          if (taken !== undefined) return taken.refused
          yield* renew(buckets)
        }
        return (yield* take)?.refused
      }).pipe(Effect.withTracerEnabled(false), leaseOf(buckets[0]?.key ?? "").refill.withPermits(1))
      return Effect.flatMap(take, (taken) => (taken === undefined ? renewed : Effect.succeed(taken.refused)))
    }
  })
