/**
 * How a fleet of many workers behaves: what it costs while it has nothing to do, and how fast it is with sources that limit it.
 *
 *   npm run bench:fleet -- --workers 1,16,32 --slots 4 --minutes 2
 *
 * Not in the gate: it needs minutes. The loads need little CPU, so that two processors suffice.
 */
import { parseArgs } from "node:util"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { env } from "node:process"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Database from "../world/Database.ts"
import * as JobsClient from "../world/JobsClient.ts"
import * as Service from "../world/Service.ts"
import { untilFinished } from "../world/Unfinished.ts"
import { countStatements, observe, summarize } from "./observe.ts"
import * as SlowSources from "./slowSources.ts"

const { values: given } = parseArgs({
  options: {
    workers: { type: "string", default: "1,16,32" },
    slots: { type: "string", default: "4" },
    minutes: { type: "string", default: "2" },
    load: { type: "string", default: "20" },
    kilobytes: { type: "string", default: "200" },
    /** Another checkout of Sluice, to compare with. */
    folder: { type: "string" },
  },
})
const fleets = given.workers.split(",").map(Number)
const slots = Number(given.slots)
/** Seconds that the source of a load takes. */
const loadSeconds = Number(given.load)
/** Loads of each slot, one after the other. */
const rounds = Math.max(1, Math.round((60 * Number(given.minutes)) / loadSeconds))
/** Seconds in which pools shrink before an idle fleet is measured, and of the measurement. */
const idle = { settle: 20, measure: 20 }

// Thirty-two processes would compile the same sources otherwise.
env["NODE_COMPILE_CACHE"] ??= join(tmpdir(), "sluice-bench-compiled")

/** Connections and statements of a fleet without jobs, and what one job costs it. */
const measureIdle = Effect.fnUntraced(function* (
  database: Database.Database,
  workers: number,
  post: Effect.Effect<unknown>,
) {
  yield* Effect.sleep(`${idle.settle} seconds`)
  const [startedAt, before] = [performance.now(), yield* countStatements(database)]
  const samples = yield* observe(database)
  yield* Effect.sleep(`${idle.measure} seconds`)
  const perSecond = (1000 * ((yield* countStatements(database)) - before)) / (performance.now() - startedAt)
  const { byName, mostConnections } = summarize(samples)
  yield* Console.log(
    `${workers} idle workers and an API: ${perSecond.toFixed(1)} statements/s (${(perSecond / (workers + 1)).toFixed(2)} each), ` +
      `${mostConnections} connections (${(mostConnections / (workers + 1)).toFixed(2)} each) ${JSON.stringify(byName)}`,
  )
  const [postedAt, beforePost] = [performance.now(), yield* countStatements(database)]
  yield* post
  yield* Effect.sleep("1 second")
  const background = (perSecond * (performance.now() - postedAt)) / 1000
  const extra = (yield* countStatements(database)) - beforePost - background
  yield* Console.log(`  one POST: about ${extra.toFixed(0)} statements until a second later`)
}, Effect.scoped)

const measure = Effect.fnUntraced(function* (database: Database.Database, workers: number) {
  const sources = yield* SlowSources.start({ bytes: 1000 * Number(given.kilobytes), seconds: loadSeconds })
  const checkout = given.folder === undefined ? {} : { folder: given.folder }
  const { jobs } = yield* Service.startApi(database, checkout)
  // One caller may not have all slots of a worker.
  const callers = Array.from({ length: 8 }, (_, n) => JobsClient.make(jobs.origin, `127.0.0.${n + 2}`))
  for (let n = 0; n < workers; n++)
    yield* Service.startWorker(database, { slots, streams: 1, runningJobs: 100_000 }, checkout)
  const untilDone = untilFinished(database, "250 millis")
  yield* measureIdle(database, workers, Effect.orDie(jobs.post(sources.urlOf(0))))
  yield* untilDone
  const samples = yield* observe(database)
  const [started] = yield* database.query<{ at: Date }>("select clock_timestamp() as at")
  const count = workers * slots * rounds
  yield* Effect.forEach(
    Array.from({ length: count }, (_, n) => n),
    (n) => callers[n % callers.length]!.post(sources.urlOf(n)),
    { concurrency: 8, discard: true },
  )
  yield* untilDone
  const [result] = yield* database.query<{ seconds: number; completed: number }>(
    `select extract(epoch from max(finished_at) - min(started_at))::float8 as seconds,
       count(*) filter (where final_state = 'completed')::int as completed
     from sluice.job where created_at >= $1`,
    [started?.at],
  )
  yield* database.clear
  return { ...summarize(samples), seconds: result?.seconds ?? 0, completed: result?.completed ?? 0, count }
}, Effect.scoped)

Effect.gen(function* () {
  const database = yield* Database.startWith({
    max_connections: "1000",
    shared_preload_libraries: "pg_stat_statements",
  })
  yield* database.query("create extension pg_stat_statements")
  const ideal = rounds * loadSeconds
  yield* Console.log(
    `${rounds} loads of ${loadSeconds} s for each of ${slots} slots of a worker: ideal ${ideal} s; load ${loadavg()[0]?.toFixed(1)} before`,
  )
  for (const workers of fleets) {
    const { byName, completed, count, longestWait, mostConnections, samples, seconds, busySlots, waits } =
      yield* measure(database, workers)
    yield* Console.log(
      `${workers} workers: ${completed} of ${count} jobs in ${seconds.toFixed(1)} s, speed-up ${((workers * ideal) / seconds).toFixed(2)} ` +
        `(${(ideal / seconds).toFixed(3)} × ${workers}); at most ${mostConnections} connections and ${busySlots} busy slots ` +
        `(${(mostConnections / busySlots).toFixed(2)}) ${JSON.stringify(byName)}; ` +
        `${waits.length} lock waits in ${samples} samples, longest ${longestWait} ms; load ${loadavg()[0]?.toFixed(1)}`,
    )
    for (const { milliseconds, statement } of waits)
      yield* Console.log(`  waited ${milliseconds} ms: ${statement}`)
  }
}).pipe(Effect.scoped, NodeRuntime.runMain)
