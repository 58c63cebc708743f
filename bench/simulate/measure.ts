import { writeFile } from "node:fs/promises"
import { loadavg } from "node:os"
import * as Effect from "effect/Effect"
import { attempt } from "../BenchFailure.ts"
import * as DataFiles from "../files/DataFiles.ts"
import { narrow } from "../files/Narrow.ts"
import * as Machine from "../Machine.ts"
import { median } from "../Statistics.ts"
import type { Database } from "../world/Database.ts"
import * as DatabaseWorld from "../world/Database.ts"
import * as FileServer from "../world/FileServer.ts"
import type { JobsClient } from "../world/JobsClient.ts"
import * as Service from "../world/Service.ts"
import * as StatementCounter from "../world/StatementCounter.ts"
import { untilFinished } from "../world/Unfinished.ts"
import { type Measured, type MeasuredCosts, type MeasuredRun, measuredPath } from "./Measured.ts"

/** Without several connections for a load, and with the priority of the other processes: a busy machine would delay the runs. */
const workerSettings = { streams: 1, nice: 0 }
/** Slots of each worker. */
const slots = 2
/** Workers of the runs. */
const fleets = [1, 2, 4]
const jobCount = 24
/** Large enough for an ordinary load, and slow enough that the machine is almost idle. */
const fileMegabytes = 0.6
const sourceRate = 150_000

/** Workers, and jobs that receive bytes for longer than they are watched, when costs are measured. */
const watchedWorkers = 2
const watchedSlots = 8
const watchedMegabytes = 4.5
const watchedSeconds = 8
/** A process opens connections at first, and closes those that it has not used for ten seconds. */
const settlingSeconds = 12

/** What is stored of the machine. */
const keptFacts = new Set(["CPU", "memory", "load average at the start", "Node", "Postgres"])

interface Stage {
  readonly database: Database
  readonly jobs: JobsClient
  readonly file: DataFiles.DataFile
  readonly urlOf: (file: DataFiles.DataFile) => string
}

const finished = ({ database }: Stage) => untilFinished(database, "100 millis")

interface JobTimes {
  readonly id: string
  readonly state: string
  readonly created: number
  readonly started: number
  readonly ended: number
}

const timesOf = ({ database }: Stage, ids: ReadonlyArray<string>) =>
  database.query<JobTimes>(
    `select id::text, final_state as state, extract(epoch from created_at)::float8 as created,
      extract(epoch from attempt_started_at)::float8 as started, extract(epoch from finished_at)::float8 as ended
    from sluice.job where id = any($1::uuid[])`,
    [ids],
  )

const postAll = ({ file, jobs, urlOf }: Stage, count: number) =>
  Effect.forEach(
    Array.from({ length: count }, (_, n) => n),
    () => Effect.map(jobs.post(`${urlOf(file)}?rate=${sourceRate}`), ({ jobId }) => jobId),
    { concurrency: 8 },
  )

const millis = (seconds: number): number => Math.round(1000 * seconds) / 1000

const measureRun = Effect.fnUntraced(function* (stage: Stage, workers: number) {
  for (let n = 0; n < workers; n++) yield* Service.startWorker(stage.database, { ...workerSettings, slots })
  yield* postAll(stage, workers * slots)
  yield* finished(stage)
  yield* stage.database.settle
  const ids = yield* postAll(stage, jobCount)
  yield* finished(stage)
  const times = yield* timesOf(stage, ids)
  const starts = times.map(({ started }) => started).toSorted((a, b) => a - b)
  const ends = times.map(({ ended }) => ended).toSorted((a, b) => a - b)
  // The first end frees the slot of the first start after those that all slots began with.
  const gaps = starts.slice(workers * slots).map((start, n) => start - ends[n]!)
  const wallSeconds = ends.at(-1)! - Math.min(...times.map(({ created }) => created))
  yield* Effect.log(`${workers} workers: ${wallSeconds.toFixed(1)} s`)
  return {
    workers,
    wallSeconds: millis(wallSeconds),
    attemptSeconds: times.map(({ ended, started }) => millis(ended - started)),
    gapSeconds: millis(median(gaps)),
  } satisfies MeasuredRun
}, Effect.scoped)

type Counter = Effect.Success<ReturnType<typeof StatementCounter.start>>

/** Statements of the counter's processes so far. */
const statements = ({ read }: Counter): number =>
  [...read().byCommand.values()].reduce((sum, count) => sum + count, 0)

const measureCosts = Effect.fnUntraced(function* (
  stage: Stage,
  counters: { readonly api: Counter; readonly workers: Counter },
) {
  const { api, workers } = counters
  const watch = Effect.gen(function* () {
    yield* Effect.sleep(`${settlingSeconds} seconds`)
    const before = { api: statements(api), workers: statements(workers) }
    yield* Effect.sleep(`${watchedSeconds} seconds`)
    return {
      api: (statements(api) - before.api) / watchedSeconds,
      worker: (statements(workers) - before.workers) / watchedSeconds / watchedWorkers,
      connections: api.connections() + workers.connections(),
    }
  })
  const withoutWorkers = yield* watch
  for (let n = 0; n < watchedWorkers; n++)
    yield* Service.startWorker({ url: workers.url }, { ...workerSettings, slots: watchedSlots })
  const idle = yield* watch
  const large = yield* DataFiles.file(narrow, watchedMegabytes)
  yield* postAll({ ...stage, file: large }, watchedWorkers * watchedSlots)
  const busy = yield* watch
  yield* finished(stage)
  const before = statements(api) + statements(workers)
  const start = performance.now()
  yield* postAll(stage, jobCount)
  yield* finished(stage)
  const wallSeconds = (performance.now() - start) / 1000
  const others = wallSeconds * (idle.api + watchedWorkers * busy.worker)
  const perJob = (statements(api) + statements(workers) - before - others) / jobCount
  return {
    apiConnections: withoutWorkers.connections,
    idleWorkerConnections: (idle.connections - withoutWorkers.connections) / watchedWorkers,
    connectionsPerJob: (busy.connections - idle.connections) / (watchedWorkers * watchedSlots),
    apiStatements: millis(idle.api),
    idleWorkerStatements: millis(idle.worker),
    busyWorkerStatements: millis(busy.worker),
    statementsPerJob: millis(perJob),
  } satisfies MeasuredCosts
}, Effect.scoped)

/** Measures runs of one, two and four workers, and what processes cost the database, and stores the figures. */
export const measure = Effect.gen(function* () {
  const database = yield* DatabaseWorld.start
  const files = yield* FileServer.start
  const counters = {
    api: yield* StatementCounter.start(database.url),
    workers: yield* StatementCounter.start(database.url),
  }
  const { jobs } = yield* Service.startApi({ url: counters.api.url })
  const file = yield* DataFiles.file(narrow, fileMegabytes)
  const stage: Stage = { database, jobs, file, urlOf: files.urlOf }
  const facts = yield* Machine.describe(database)
  const costs = yield* measureCosts(stage, counters)
  const runs = yield* Effect.forEach(fleets, (workers) => measureRun(stage, workers))
  const measured: Measured = {
    machine: [
      ...facts.filter(([name]) => keptFacts.has(name)),
      ["load average at the end", loadavg()[0]!.toFixed(2)],
    ],
    slots,
    fileBytes: file.bytes,
    sourceRate,
    runs,
    costs,
  }
  yield* attempt(`write ${measuredPath}`, () => writeFile(measuredPath, `${JSON.stringify(measured)}\n`))
}).pipe(Effect.scoped)
