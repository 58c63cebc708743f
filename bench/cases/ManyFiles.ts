import * as Effect from "effect/Effect"
import { psqlCopy } from "../contenders/Psql.ts"
import * as DataFiles from "../files/DataFiles.ts"
import { narrow } from "../files/Narrow.ts"
import type { Options } from "../Options.ts"
import { megabytes, number, range, ratio, type Section } from "../Report.ts"
import { median, medianOfKnown } from "../Statistics.ts"
import { spent } from "../world/Database.ts"
import * as ProcessTimes from "../world/ProcessTimes.ts"
import * as Service from "../world/Service.ts"
import type { World } from "../world/World.ts"

/** MB of a file. */
const size = { full: 100, quick: 10 }
const numbers = [1, 2, 3, 4, 5, 6, 7, 8]
/** Processes of psql at a time, as by `xargs -P4`. */
const parallel = 4
/** Size in MB of the file that warms up a worker. */
const warmUpMegabytes = 2

interface Run {
  readonly wallSeconds: number
  readonly clientCpuSeconds: number | null
  readonly backendCpuSeconds: number | null
  readonly peakMemoryBytes: number | null
}

const sum = (values: ReadonlyArray<number | null>): number | null =>
  values.reduce((total, value) => (total === null || value === null ? null : total + value), 0)

const timed = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const start = performance.now()
  const result = yield* effect
  return { result, wallSeconds: (performance.now() - start) / 1000 }
})

const byPsql = (createsTable: boolean) =>
  Effect.fnUntraced(function* ({ database }: World, file: DataFiles.DataFile) {
    const loads = yield* Effect.forEach(numbers, (n) =>
      psqlCopy(database, { createsTable, table: `bench_psql_${n}` }).prepare(file),
    )
    yield* database.settle
    const { result, wallSeconds } = yield* timed(
      Effect.forEach(loads, ({ load }) => load, { concurrency: parallel }),
    )
    return {
      wallSeconds,
      clientCpuSeconds: sum(result.map(({ clientCpuSeconds }) => clientCpuSeconds)),
      backendCpuSeconds: sum(result.map(({ backendCpuSeconds }) => backendCpuSeconds)),
      peakMemoryBytes: null,
    } satisfies Run
  }, Effect.scoped)

const bySluice = Effect.fnUntraced(function* ({ database, files, jobs }: World, file: DataFiles.DataFile) {
  const worker = yield* Service.startWorker(database, {})
  yield* jobs.load(files.urlOf(yield* DataFiles.file(narrow, warmUpMegabytes)))
  yield* database.clear
  yield* database.settle
  yield* Effect.promise(() => ProcessTimes.resetPeakMemory(worker))
  const before = yield* Effect.promise(() => ProcessTimes.cpuSecondsOf(worker))
  const backendsBefore = yield* database.cpuOf("load")
  const { wallSeconds } = yield* timed(
    Effect.forEach(numbers, () => jobs.load(files.urlOf(file)), { concurrency: "unbounded", discard: true }),
  )
  const after = yield* Effect.promise(() => ProcessTimes.cpuSecondsOf(worker))
  return {
    wallSeconds,
    clientCpuSeconds: ProcessTimes.between(before, after),
    backendCpuSeconds: spent(backendsBefore, yield* database.cpuOf("load")),
    peakMemoryBytes: yield* Effect.promise(() => ProcessTimes.peakMemoryOf(worker)),
  } satisfies Run
}, Effect.scoped)

const contenders = [
  [String.raw`psql \copy, 4 at a time`, byPsql(false)],
  [String.raw`psql create + \copy, 4 at a time`, byPsql(true)],
  ["Sluice, one worker", bySluice],
] as const

const ratioTo = (runs: ReadonlyArray<Run>, baseline: ReadonlyArray<Run>): string =>
  ratio(median(runs.map(({ wallSeconds }, round) => wallSeconds / baseline[round]!.wallSeconds)))

/** Several large files at once, which Sluice's worker loads in its slots. */
export const manyFiles = Effect.fnUntraced(function* (world: World, options: Options) {
  const file = yield* DataFiles.file(narrow, options.quick ? size.quick : size.full)
  const entries = contenders.map(([name, run]) => ({ name, run, runs: [] as Array<Run> }))
  for (let round = 0; round < options.runs; round++)
    for (const { name, run, runs } of entries) {
      yield* world.database.clear
      const done = yield* run(world, file)
      runs.push(done)
      yield* Effect.log(`many, ${name}: ${done.wallSeconds.toFixed(2)} s`)
    }
  yield* world.database.clear
  return {
    title: "Many files at once",
    head: [
      "files",
      "loaded by",
      "runs",
      "wall s",
      "min–max",
      "client CPU s",
      "backend CPU s",
      "peak RSS MB",
      "× copy",
      "× create+copy",
    ],
    rows: entries.map(({ name, runs }) => {
      const walls = runs.map(({ wallSeconds }) => wallSeconds)
      const peaks = runs.flatMap(({ peakMemoryBytes }) => peakMemoryBytes ?? [])
      return [
        `${numbers.length} × ${number(file.bytes / 1e6, 0)} MB`,
        name,
        String(runs.length),
        number(median(walls), 2),
        range(walls, 2),
        number(medianOfKnown(runs.map(({ clientCpuSeconds }) => clientCpuSeconds)), 2),
        number(medianOfKnown(runs.map(({ backendCpuSeconds }) => backendCpuSeconds)), 2),
        megabytes(peaks.length === 0 ? null : Math.max(...peaks)),
        ratioTo(runs, entries[0]!.runs),
        ratioTo(runs, entries[1]!.runs),
      ]
    }),
    notes: ["Wall time of psql includes its start and its connection, as with xargs"],
  } satisfies Section
})
