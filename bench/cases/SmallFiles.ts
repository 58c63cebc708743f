import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { BenchFailure } from "../BenchFailure.ts"
import * as DataFiles from "../files/DataFiles.ts"
import type { DataFile } from "../files/DataFiles.ts"
import { narrow } from "../files/Narrow.ts"
import type { Options } from "../Options.ts"
import { megabytes, number, range, type Section } from "../Report.ts"
import { median, medianOfKnown } from "../Statistics.ts"
import { spent } from "../world/Database.ts"
import * as ProcessTimes from "../world/ProcessTimes.ts"
import * as Service from "../world/Service.ts"
import type { World } from "../world/World.ts"

/** Number of files. */
const counts = { full: 1000, quick: 100 }
const slotCounts = [1, 2, 4]
/** Concurrent requests. */
const posters = 8
/** Uncounted jobs that warm up worker and API. */
const warmUps = 10
/** Longest wait for all jobs to end. */
const timeout = "5 minutes"

/** Measurements of a burst of jobs, in seconds and bytes. */
interface Burst {
  /** From the first POST until the last job has completed. */
  readonly seconds: number
  /** From the first POST until the response to the last. */
  readonly posted: number
  readonly workerCpu: number | null
  readonly apiCpu: number | null
  readonly backendCpu: number | null
  readonly peakMemory: number | null
}

const cpuOf = (pid: number) => Effect.promise(() => ProcessTimes.cpuSecondsOf(pid))

/** Waits until `count` jobs created after `since` have completed. Polls the table, because the API is busy. */
const untilCompleted = ({ database }: World, since: string, count: number) =>
  database
    .query<{ completed: number; ended: number }>(
      `select count(*) filter (where final_state = 'completed')::int as completed, count(final_state)::int as ended
       from sluice.job where created_at > $1`,
      [since],
    )
    .pipe(
      Effect.repeat({ until: ([row]) => row?.ended === count, schedule: Schedule.spaced("20 millis") }),
      Effect.timeoutOrElse({
        duration: timeout,
        orElse: () => Effect.fail(new BenchFailure({ message: `small files took longer than ${timeout}` })),
      }),
      Effect.filterOrFail(
        ([row]) => row?.completed === count,
        () => new BenchFailure({ message: "a job of a small file did not complete" }),
      ),
    )

/** Posts all files as fast as the API accepts them. */
const burst = Effect.fnUntraced(function* (world: World, files: ReadonlyArray<DataFile>, slots: number) {
  const { database, jobs } = world
  yield* database.clear
  const worker = yield* Service.startWorker(database, { slots })
  for (const file of files.slice(0, warmUps)) yield* jobs.load(world.files.urlOf(file))
  yield* database.settle
  yield* Effect.promise(() => ProcessTimes.resetPeakMemory(worker))
  const [before] = yield* database.query<{ now: string }>("select clock_timestamp()::text as now")
  const backendsBefore = yield* database.cpuOf("sluice")
  const workerBefore = yield* cpuOf(worker)
  const apiBefore = yield* cpuOf(world.apiPid)
  const start = performance.now()
  yield* Effect.forEach(files, (file) => jobs.post(world.files.urlOf(file)), {
    concurrency: posters,
    discard: true,
  })
  const posted = (performance.now() - start) / 1000
  yield* untilCompleted(world, before!.now, files.length)
  const seconds = (performance.now() - start) / 1000
  yield* Effect.log(`d ${slots} slots: ${(files.length / seconds).toFixed(0)} jobs/s`)
  return {
    seconds,
    posted,
    workerCpu: ProcessTimes.between(workerBefore, yield* cpuOf(worker)),
    apiCpu: ProcessTimes.between(apiBefore, yield* cpuOf(world.apiPid)),
    backendCpu: spent(backendsBefore, yield* database.cpuOf("sluice")),
    peakMemory: yield* Effect.promise(() => ProcessTimes.peakMemoryOf(worker)),
  } satisfies Burst
}, Effect.scoped)

/** Case d: many small files at once, by number of slots. */
export const throughput = Effect.fnUntraced(function* (world: World, options: Options) {
  const files = yield* DataFiles.smallFiles(narrow, options.quick ? counts.quick : counts.full)
  const rows: Array<ReadonlyArray<string>> = []
  const bursts = new Map(slotCounts.map((slots) => [slots, [] as Array<Burst>]))
  for (let round = 0; round < options.runs; round++)
    for (const [slots, samples] of bursts) samples.push(yield* burst(world, files, slots))
  for (const [slots, samples] of bursts) {
    const seconds = samples.map((sample) => sample.seconds)
    const perJob = (key: "workerCpu" | "apiCpu" | "backendCpu"): string => {
      const cpu = medianOfKnown(samples.map((sample) => sample[key]))
      return number(cpu === null ? null : (1000 * cpu) / files.length, 2)
    }
    const peaks = samples.flatMap(({ peakMemory }) => peakMemory ?? [])
    rows.push([
      `d ${number(files.length, 0)} files of 10 kB`,
      `WORKER_CONCURRENCY=${slots}`,
      String(samples.length),
      number(median(seconds), 2),
      range(seconds, 2),
      number(median(samples.map(({ posted }) => posted)), 2),
      number(files.length / median(seconds), 1),
      perJob("workerCpu"),
      perJob("apiCpu"),
      perJob("backendCpu"),
      megabytes(peaks.length === 0 ? null : Math.max(...peaks)),
    ])
  }
  return {
    title: "Small files, all at once",
    head: [
      "files",
      "worker",
      "runs",
      "wall s",
      "min–max",
      "until posted s",
      "jobs/s",
      "worker CPU ms/job",
      "API CPU ms/job",
      "backends CPU ms/job",
      "peak RSS MB",
    ],
    rows,
    notes: [],
  } satisfies Section
})
