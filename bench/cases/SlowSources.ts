import * as Effect from "effect/Effect"
import * as DataFiles from "../files/DataFiles.ts"
import { narrow } from "../files/Narrow.ts"
import type { Options } from "../Options.ts"
import { megabytes, number, range, type Section } from "../Report.ts"
import { median, medianOfKnown } from "../Statistics.ts"
import * as ProcessTimes from "../world/ProcessTimes.ts"
import * as Service from "../world/Service.ts"
import { countUnfinished, untilFinished } from "../world/Unfinished.ts"
import type { World } from "../world/World.ts"

/** Bytes per second of a slow source. */
const rate = 1 << 20
/** MB of a slow file. */
const slowMegabytes = 20
/** Numbers of slow sources. */
const counts = [0, 4, 40]
/** Small jobs that are measured, one after the other. */
const smallJobs = { full: 20, quick: 5 }
/** Uncounted jobs that warm up worker and API. */
const warmUps = 10

/** Small jobs one after the other while slow downloads run, which were posted before them. */
const measured = Effect.fnUntraced(function* (world: World, slow: number, small: number) {
  const { database, files, jobs } = world
  yield* database.clear
  const worker = yield* Service.startWorker(database, {})
  const smallFiles = yield* DataFiles.smallFiles(narrow, warmUps + small)
  for (const file of smallFiles.slice(0, warmUps)) yield* jobs.load(files.urlOf(file))
  yield* database.settle
  yield* Effect.promise(() => ProcessTimes.resetPeakMemory(worker))
  const slowFile = yield* DataFiles.file(narrow, slowMegabytes)
  for (let n = 0; n < slow; n++) yield* jobs.post(`${files.urlOf(slowFile)}?rate=${rate}`)
  const before = yield* Effect.promise(() => ProcessTimes.cpuSecondsOf(worker))
  const start = performance.now()
  const seconds: Array<number> = []
  for (const file of smallFiles.slice(warmUps)) {
    seconds.push((yield* jobs.load(files.urlOf(file))).seconds)
    yield* Effect.sleep("100 millis")
  }
  const after = yield* Effect.promise(() => ProcessTimes.cpuSecondsOf(worker))
  const cpuSeconds = ProcessTimes.between(before, after)
  const cpuShare = cpuSeconds === null ? null : (1000 * cpuSeconds) / (performance.now() - start)
  const running = yield* countUnfinished(database)
  const [connections] = yield* database.query<{ count: number }>(
    "select count(*)::int as count from pg_stat_activity where application_name = 'sluice load' and state <> 'idle'",
  )
  yield* untilFinished(database, "200 millis")
  const peak = yield* Effect.promise(() => ProcessTimes.peakMemoryOf(worker))
  yield* Effect.log(`slow, after ${slow}: ${(1000 * median(seconds)).toFixed(0)} ms`)
  return {
    first: seconds[0]!,
    seconds,
    running,
    connections: connections!.count,
    cpuShare,
    peak,
  }
}, Effect.scoped)

/** Small jobs that are posted after jobs of slow sources, with one worker and its default slots. */
export const slowSources = Effect.fnUntraced(function* (world: World, options: Options) {
  const rows: Array<ReadonlyArray<string>> = []
  for (const slow of counts) {
    const runs = []
    for (let round = 0; round < options.runs; round++)
      runs.push(yield* measured(world, slow, options.quick ? smallJobs.quick : smallJobs.full))
    const millis = runs.flatMap(({ seconds }) => seconds.map((each) => 1000 * each))
    const peaks = runs.flatMap(({ peak }) => peak ?? [])
    rows.push([
      `10 kB after ${slow} sources`,
      `${rate / 2 ** 20} MiB/s each`,
      number(median(runs.map(({ first }) => 1000 * first)), 0),
      number(median(millis), 0),
      range(millis, 0),
      number(median(runs.map(({ running }) => running)), 0),
      number(median(runs.map(({ connections }) => connections)), 0),
      number(medianOfKnown(runs.map(({ cpuShare }) => cpuShare)), 2),
      megabytes(peaks.length === 0 ? null : Math.max(...peaks)),
    ])
  }
  yield* world.database.clear
  return {
    title: "Small jobs after slow sources: POST to completed",
    head: [
      "job",
      "sources",
      "first ms",
      "median ms",
      "min–max",
      "slow jobs still running",
      "load connections",
      "worker CPU",
      "peak RSS MB",
    ],
    rows,
    notes: [
      `Small jobs one after the other, after jobs of ${slowMegabytes} MB from slow sources, with one worker and its default slots`,
      "Worker CPU: the part of one processor that the worker uses meanwhile",
    ],
  } satisfies Section
})
