import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import { maxCrashes } from "../../../src/Domain/job/attempts/CrashDecision.ts"
import { checkStatuses } from "../checkStatuses.ts"
import { stopFleet } from "../finishRun.ts"
import * as Fleet from "../Fleet.ts"
import { check, checkSessions, type Violation } from "../Invariants.ts"
import * as JobTracker from "../JobTracker.ts"
import * as QueryPool from "../QueryPool.ts"
import { Samples } from "../Samples.ts"
import * as Source from "../Source.ts"
import { plainSpec, type Spec } from "../Workload.ts"
import type { Cluster } from "./Cluster.ts"
import type { Failover } from "./Failover.ts"

/** The result of a case. */
export interface Outcome {
  readonly name: string
  readonly posted: number
  readonly completed: number
  /** Accepted jobs that do not exist after an asynchronous failover. */
  readonly lost: number
  readonly furtherAttempts: number
  readonly repeatedPosts: number
  /** Seconds of the longest wait for a 202. */
  readonly longestPost: number
  readonly violations: ReadonlyArray<Violation>
}

const posts = 60
const postInterval = "250 millis"
/** The failover comes after this many posts, as soon as this many loads have a transaction. */
const postsBefore = 16
const loadsBefore = 3
/** Of a file, about 206 kB. */
const rows = 5000
const millisPerFile = 1500

const fileOf = (number: number): Spec => ({ ...plainSpec(number, rows), servedOver: millisPerFile })

const lostJob = "an accepted job does not exist"

/** Posts and loads jobs in a database of its own while the failover happens, and checks all of them. */
export const runFailover = Effect.fnUntraced(function* (
  cluster: Cluster,
  failover: Failover,
  options: {
    readonly seed: number
    /** Folder for the logs of the service's processes. */
    readonly logs: string | undefined
  },
) {
  yield* Effect.logInfo(`${failover.name}: waiting for a whole cluster`)
  yield* cluster.setSynchronous(failover.isSynchronous)
  yield* cluster.startNodes
  yield* cluster.isWhole
  const database = `case_${failover.name.replaceAll(/\W+/g, "_")}`
  yield* Effect.scoped(
    Effect.flatMap(QueryPool.make(cluster.proxyUrl("postgres")), (query) =>
      query(`create database ${database}`),
    ),
  )
  const query = yield* QueryPool.make(cluster.proxyUrl(database))
  const source = yield* Source.make
  const fleet = yield* Fleet.start({
    databaseUrl: cluster.proxyUrl(database),
    settings: {
      DATABASE_URL: failover.url(cluster, database),
      SOURCE_HOST_CONCURRENCY: "unlimited",
      // The sources have no faults here, so none of their delays is one.
      SOURCE_IDLE_TIMEOUT: "30 seconds",
      SOURCE_HEADER_TIMEOUT: "30 seconds",
    },
    copyStreams: ["1", "1", "2"],
  })
  const measurements = { recovery: new Samples(), cancelToGone: new Samples() }
  const tracker = yield* JobTracker.make(
    fleet,
    { query },
    {
      seed: options.seed,
      measurements,
      postInterval: "1 second",
    },
  )

  yield* Effect.logInfo(`${failover.name}: posting`)
  const specs = new Map(Array.from({ length: posts }, (_, n) => [n + 1, fileOf(n + 1)] as const))
  let longestPost = 0
  const post = Effect.fnUntraced(function* (spec: Spec) {
    const path = yield* source.serve(spec)
    const start = yield* Clock.currentTimeMillis
    yield* tracker.post(spec, `${source.origin}${path}`, true)
    longestPost = Math.max(longestPost, (yield* Clock.currentTimeMillis) - start)
  })
  /** Waits until some loads are in the middle of their transactions. */
  const loadsRun = Effect.repeat(
    query("select from pg_stat_activity where application_name = 'sluice load' and state <> 'idle'"),
    {
      until: (running) => running.length >= loadsBefore,
      schedule: Schedule.spaced("20 millis").pipe(Schedule.upTo({ duration: "30 seconds" })),
    },
  )
  const posting: Array<Fiber.Fiber<void>> = []
  let happening: Fiber.Fiber<void> | undefined
  for (const spec of specs.values()) {
    posting.push(yield* Effect.forkScoped(post(spec)))
    if (spec.number === postsBefore)
      happening = yield* loadsRun.pipe(
        Effect.andThen(failover.happen(cluster)),
        Effect.andThen(cluster.startNodes),
        Effect.forkScoped,
      )
    yield* Effect.sleep(postInterval)
  }
  yield* Fiber.join(happening!)
  yield* Effect.logInfo(`${failover.name}: there is a leader; waiting for ${tracker.open().length} jobs`)
  yield* Fiber.joinAll(posting)
  yield* Effect.repeat(query("select from sluice.job where final_state is null limit 1"), {
    until: (open) => open.length === 0,
    schedule: Schedule.spaced("200 millis").pipe(Schedule.upTo({ duration: "60 seconds" })),
  })

  yield* Effect.logInfo(`${failover.name}: checking`)
  const ids = [...tracker.entries.keys()]
  const statuses = yield* checkStatuses(fleet.api.origin(), query, ids)
  const badExits = yield* stopFleet(fleet, query)
  const { logs } = options
  if (logs !== undefined)
    yield* Effect.forEach([...fleet.workers, fleet.api], ({ log, name }) =>
      Effect.promise(() =>
        writeFile(
          join(logs, `${database}.${name.replace(" ", "_")}.log`),
          log()
            .map((line) => `${JSON.stringify(line)}\n`)
            .join(""),
        ),
      ),
    )
  const found = yield* check(query, {
    specs,
    accepted: new Set(ids),
    cancelled: new Set(),
    cancelRequested: new Set(),
    mustComplete: new Set(ids),
    maxAttempts: Number(Fleet.maxAttempts),
    maxCrashes,
  })
  const [counts] = yield* query<{ completed: number; further: number }>(
    `select count(*) filter (where final_state = 'completed')::int as completed,
      coalesce(sum(greatest(retry_count, 0)), 0)::int as further from sluice.job`,
  )
  const violations = [
    ...tracker.violations,
    ...statuses,
    ...badExits,
    ...found,
    ...(yield* checkSessions(query)),
  ]
  const isExpected = ({ rule }: Violation) => !failover.isSynchronous && rule === lostJob
  return {
    name: failover.name,
    posted: tracker.counts.posts,
    completed: counts?.completed ?? 0,
    lost: violations.filter(({ rule }) => rule === lostJob).length,
    furtherAttempts: counts?.further ?? 0,
    repeatedPosts: tracker.counts.repeatedPosts,
    longestPost: longestPost / 1000,
    violations: violations.filter((one) => !isExpected(one)),
  } satisfies Outcome
}, Effect.scoped)
