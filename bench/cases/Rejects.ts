import * as Effect from "effect/Effect"
import { BenchFailure } from "../BenchFailure.ts"
import { allBad, tenthBad } from "../files/Bad.ts"
import * as DataFiles from "../files/DataFiles.ts"
import { narrow } from "../files/Narrow.ts"
import type { Options } from "../Options.ts"
import { megabytes, number, range, type Section } from "../Report.ts"
import { median, medianOfKnown } from "../Statistics.ts"
import * as ProcessTimes from "../world/ProcessTimes.ts"
import * as Service from "../world/Service.ts"
import type { World } from "../world/World.ts"

/** MB of a file. */
const size = { full: 200, quick: 20 }

/** Size in MB of the file that warms up a worker. */
const warmUpMegabytes = 2

const noLimit = { maxBadRows: "100%" }

interface Load {
  readonly wallSeconds: number
  readonly rejected: number
  readonly clientCpuSeconds: number | null
  readonly peakMemoryBytes: number | null
}

/** One load by a fresh worker; every record must become a row or a stored reject. */
const load = Effect.fnUntraced(function* (
  { database, files, jobs }: World,
  file: DataFiles.DataFile,
  streams: number,
) {
  const warmUp = yield* DataFiles.file(narrow, warmUpMegabytes)
  const worker = yield* Service.startWorker(database, { streams })
  yield* jobs.load(files.urlOf(warmUp))
  yield* database.clear
  yield* database.settle
  yield* Effect.promise(() => ProcessTimes.resetPeakMemory(worker))
  const before = yield* Effect.promise(() => ProcessTimes.cpuSecondsOf(worker))
  const { job, seconds } = yield* jobs.load(files.urlOf(file), noLimit)
  const after = yield* Effect.promise(() => ProcessTimes.cpuSecondsOf(worker))
  const peakMemoryBytes = yield* Effect.promise(() => ProcessTimes.peakMemoryOf(worker))
  const [stored] = yield* database.query<{ rejects: number }>(
    "select count(*)::float8 as rejects from sluice.reject where job_id = $1",
    [job.jobId],
  )
  const { rowsLoaded, rowsRejected } = job.progress
  if (rowsLoaded + rowsRejected !== file.rows || stored?.rejects !== rowsRejected)
    return yield* new BenchFailure({
      message: `of ${file.rows} records in ${file.name}, ${rowsLoaded} were loaded, ${rowsRejected} rejected, ${stored?.rejects} stored`,
    })
  yield* database.query("truncate sluice.reject")
  return {
    wallSeconds: seconds,
    rejected: rowsRejected,
    clientCpuSeconds: ProcessTimes.between(before, after),
    peakMemoryBytes,
  } satisfies Load
}, Effect.scoped)

/** Cost of rejects in time and in the worker's memory. */
export const rejects = Effect.fnUntraced(function* (world: World, options: Options) {
  const rows: Array<ReadonlyArray<string>> = []
  for (const kind of [tenthBad, allBad]) {
    const file = yield* DataFiles.file(kind, options.quick ? size.quick : size.full)
    for (const streams of [1, 2]) {
      const loads: Array<Load> = []
      for (let round = 0; round < options.runs; round++) {
        const done = yield* load(world, file, streams)
        loads.push(done)
        yield* Effect.log(`${file.name}, COPY_STREAMS=${streams}: ${done.wallSeconds.toFixed(2)} s`)
      }
      const walls = loads.map(({ wallSeconds }) => wallSeconds)
      const peaks = loads.flatMap(({ peakMemoryBytes }) => peakMemoryBytes ?? [])
      rows.push([
        `${kind.name} ${number(file.bytes / 1e6, 0)} MB`,
        `COPY_STREAMS=${streams}`,
        number(median(walls), 2),
        range(walls, 2),
        number(file.bytes / 1e6 / median(walls), 1),
        number(file.rows, 0),
        number(loads[0]!.rejected, 0),
        number(medianOfKnown(loads.map(({ clientCpuSeconds }) => clientCpuSeconds)), 2),
        megabytes(peaks.length === 0 ? null : Math.max(...peaks)),
      ])
    }
  }
  yield* world.database.clear
  return {
    title: "Rejects",
    head: [
      "file",
      "worker",
      "wall s",
      "min–max",
      "MB/s",
      "records",
      "rejected",
      "client CPU s",
      "peak RSS MB",
    ],
    rows,
    notes: ["maxBadRows=100%: every reject is stored"],
  } satisfies Section
})
