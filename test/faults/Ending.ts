import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { mendAll } from "./Faults.ts"
import { checkSessions, type Violation } from "./Invariants.ts"
import type { Entry } from "./Ledger.ts"
import { checkStatuses } from "./Statuses.ts"
import type { World } from "./World.ts"

/** Tells what is known of a job that does not end. */
const tellStory = Effect.fnUntraced(function* ({ fleet, postgres }: World, entry: Entry) {
  const { jobId } = entry
  const ask = (text: string) => postgres.query(text, [jobId])
  yield* Effect.logWarning(
    JSON.stringify({
      ...entry,
      now: new Date(),
      record: yield* ask("select * from sluice.job where id = $1"),
      queued: yield* ask(
        "select state, retry_count, start_after, started_on, heartbeat_on from boss.job where id = $1",
      ),
      sessions: yield* ask(
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

/** A worker sweeps as it starts: what the dead have left in staging must soon be gone. Answers its exit. */
const swept = Effect.fnUntraced(function* ({ fleet, postgres }: World) {
  const isClean = Effect.map(
    postgres.query("select from pg_class where relkind = 'r' and relname like 'load %'"),
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

/**
 * Waits for the ends of all jobs, stops the service, and answers what is wrong about what it says and leaves.
 *
 * @param options.settled done when nothing goes on in the background any more
 * @param options.underWay what does, in words
 */
export const finish = Effect.fnUntraced(function* (
  world: World,
  options: {
    readonly settled: Effect.Effect<void>
    readonly underWay: () => ReadonlyArray<string>
    readonly drainMillis: number
  },
) {
  const { fleet, ledger, postgres } = world
  yield* mendAll(world)
  yield* Effect.logInfo(`mended; ${ledger.open().length} jobs are to end`)
  yield* Effect.timeoutOption(options.settled, options.drainMillis)
  const late = options.underWay().map((what): Violation => ({
    rule: "something did not come to its end",
    jobId: null,
    detail: what,
  }))
  yield* Effect.forEach(ledger.open(), (entry) => tellStory(world, entry), { discard: true })
  yield* mendAll(world)
  const statuses = yield* checkStatuses(fleet.api.origin(), postgres.query, [...ledger.entries.keys()])
  const rolled = yield* swept(world)
  const replicas = [...fleet.workers, fleet.api]
  const exits = yield* Effect.forEach(replicas, ({ stop }) => stop, { concurrency: "unbounded" })
  const badExits = [...rolled, ...exits]
    .filter((exit) => exit !== 0)
    .map((exit): Violation => ({
      rule: "a process that was told to stop did not end well",
      jobId: null,
      detail: `exit ${exit}`,
    }))
  return [...late, ...ledger.violations, ...statuses, ...badExits, ...(yield* checkSessions(postgres.query))]
})
