import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { isActive } from "../../src/Layers/database/queue/queueTable.ts"
import type { Database } from "../world/Database.ts"

/** A statement that waited for a lock when someone looked. */
interface LockWait {
  readonly statement: string
  readonly milliseconds: number
}

/** The fleet's connections at one moment. */
interface Sample {
  readonly busySlots: number
  readonly connections: Readonly<Record<string, number>>
  readonly waits: ReadonlyArray<LockWait>
}

const sampleQuery = `
  with session as (
    select pid, application_name, query from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and application_name ~ '^sluice' and pid <> pg_backend_pid()
  )
  select (select count(*) from boss.job where ${isActive})::int as "busySlots",
    (select coalesce(jsonb_object_agg(application_name, count), '{}') from (select application_name, count(*) from session group by 1) as named)
      as connections,
    (select coalesce(jsonb_agg(jsonb_build_object('statement', left(regexp_replace(query, '\\s+', ' ', 'g'), 80),
        'milliseconds', round(1000 * extract(epoch from clock_timestamp() - waitstart)))), '[]')
     from session join pg_locks using (pid) where not granted and waitstart is not null) as waits`

/** Statements that the server has ended so far, without those of this one's kind. */
const countQuery = `
  select coalesce(sum(calls), 0)::float8 as calls from pg_stat_statements
  where dbid = (select oid from pg_database where datname = current_database()) and query not like '%pg_stat_%'`

/** Watches the fleet's connections and locks, every half second, until the scope closes. */
export const observe = Effect.fnUntraced(function* (database: Database) {
  const samples: Array<Sample> = []
  yield* database.query<Sample>(sampleQuery).pipe(
    Effect.tap(([sample]) => Effect.sync(() => sample !== undefined && samples.push(sample))),
    Effect.repeat(Schedule.spaced("500 millis")),
    Effect.forkScoped,
  )
  return samples as ReadonlyArray<Sample>
})

/** Statements of the fleet so far. */
export const countStatements = (database: Database) =>
  Effect.map(database.query<{ calls: number }>(countQuery), ([row]) => row?.calls ?? 0)

const total = ({ connections }: Sample): number =>
  Object.values(connections).reduce((sum, count) => sum + count, 0)

export const summarize = (samples: ReadonlyArray<Sample>) => {
  const busiest = samples.reduce((most, sample) => (sample.busySlots > most.busySlots ? sample : most))
  const most = samples.reduce((most, sample) => (total(sample) > total(most) ? sample : most))
  const waits = samples.flatMap((sample) => sample.waits)
  return {
    busySlots: busiest.busySlots,
    mostConnections: total(most),
    byName: most.connections,
    samples: samples.length,
    waits,
    longestWait: Math.max(0, ...waits.map(({ milliseconds }) => milliseconds)),
  }
}
