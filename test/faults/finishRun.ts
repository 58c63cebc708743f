import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { repairAll } from "./Faults.ts"
import type { Fleet } from "./Fleet.ts"
import { checkSessions, type Violation } from "./Invariants.ts"
import type { TrackedJob } from "./JobTracker.ts"
import type { Query } from "./QueryPool.ts"
import { checkStatuses } from "./checkStatuses.ts"
import type { RunContext } from "./RunContext.ts"

/** Logs everything known about a job that has not ended. */
const logJob = Effect.fnUntraced(function* ({ fleet, postgres }: RunContext, entry: TrackedJob) {
  const { jobId } = entry
  const query = (text: string) => postgres.query(text, [jobId])
  yield* Effect.logWarning(
    JSON.stringify({
      ...entry,
      now: new Date(),
      record: yield* query("select * from sluice.job where id = $1"),
      queued: yield* query(
        "select state, retry_count, start_after, started_on, heartbeat_on from boss.job where id = $1",
      ),
      sessions: yield* query(
        "select pid, state, wait_event, query from pg_stat_activity where query like '%' || $1::text || '%' and pid <> pg_backend_pid()",
      ),
      log: fleet.workers.flatMap(({ log, name }) =>
        log()
          .filter((line) => line["job_id"] === jobId)
          .map((line) => [name, line] as const),
      ),
    }),
  )
})

/**
 * Restarts a worker, which sweeps on start, and waits until the staging tables of killed workers are dropped. Returns its
 * exit code.
 */
const swept = Effect.fnUntraced(function* (fleet: Fleet, query: Query) {
  const isClean = Effect.map(
    query("select from pg_class where relkind = 'r' and relname like 'load %'"),
    (rows) => rows.length === 0,
  )
  const [worker] = fleet.workers
  if (worker === undefined || (yield* isClean)) return []
  const exit = yield* worker.roll
  yield* Effect.repeat(isClean, {
    until: (clean) => clean,
    schedule: Schedule.spaced("100 millis").pipe(Schedule.upTo({ duration: "20 seconds" })),
  })
  return [exit]
})

/** Stops the service after a sweep of the database of the tables. Returns a violation for each process that did not exit with 0. */
export const stopFleet = Effect.fnUntraced(function* (fleet: Fleet, queryTables: Query) {
  const rolled = yield* swept(fleet, queryTables)
  const exits = yield* Effect.forEach([...fleet.workers, fleet.api], ({ stop }) => stop, {
    concurrency: "unbounded",
  })
  return [...rolled, ...exits]
    .filter((exit) => exit !== 0)
    .map((exit): Violation => ({
      rule: "a stopped process had an exit code other than 0",
      jobId: null,
      detail: `exit ${exit}`,
    }))
})

/**
 * Waits until all jobs have ended, stops the service, and returns all violations except those of `check`.
 *
 * @param options.settled completes when nothing runs in the background
 * @param options.unfinished names what still runs in the background
 */
export const finishRun = Effect.fnUntraced(function* (
  context: RunContext,
  options: {
    readonly settled: Effect.Effect<void>
    readonly unfinished: () => ReadonlyArray<string>
    readonly drainMillis: number
  },
) {
  const { fleet, tracker, postgres, tables } = context
  yield* repairAll(context)
  yield* Effect.logInfo(`all faults are over; waiting for ${tracker.open().length} jobs`)
  yield* Effect.timeoutOption(options.settled, options.drainMillis)
  const late = options.unfinished().map((what): Violation => ({
    rule: "a part of the run did not finish",
    jobId: null,
    detail: what,
  }))
  yield* Effect.forEach(tracker.open(), (entry) => logJob(context, entry), { discard: true })
  yield* repairAll(context)
  const statuses = yield* checkStatuses(fleet.api.origin(), postgres.query, [...tracker.entries.keys()])
  const badExits = yield* stopFleet(fleet, tables.query)
  const servers = [...new Set([postgres, tables])]
  const sessions = yield* Effect.forEach(servers, ({ query }) => checkSessions(query))
  return [...late, ...tracker.violations, ...statuses, ...badExits, ...sessions.flat()]
})
