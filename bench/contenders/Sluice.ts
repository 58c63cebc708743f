import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { quoteIdentifier } from "../../src/Domain/load/columns/SqlIdentifier.ts"
import type { DataFile } from "../files/DataFiles.ts"
import * as DataFiles from "../files/DataFiles.ts"
import { spent } from "../world/Database.ts"
import * as ProcessTimes from "../world/ProcessTimes.ts"
import * as Service from "../world/Service.ts"
import type { World } from "../world/World.ts"
import type { Contender, Sample } from "./Contender.ts"

/** Size in MB of the file that warms up a worker. */
export const warmUpMegabytes = 2

/** From creation to end in seconds, by the job's record. */
export const recordedSeconds = (job: {
  readonly createdAt: DateTime.Utc
  readonly finishedAt: DateTime.Utc | null
}): number | null =>
  job.finishedAt === null
    ? null
    : (DateTime.toEpochMillis(job.finishedAt) - DateTime.toEpochMillis(job.createdAt)) / 1000

/**
 * The service, with a fresh worker for each load that has loaded one small file of the same kind.
 *
 * @param options of the jobs
 */
export const sluice = (
  { database, files, jobs }: World,
  settings: Service.WorkerSettings = {},
  options: Readonly<Record<string, string>> = {},
): Contender => ({
  name: [
    "Sluice",
    ...(settings.streams === undefined ? [] : [`COPY_STREAMS=${settings.streams}`]),
    // A value that is an object would be long.
    ...Object.entries(options).map(([name, value]) => (value.startsWith("{") ? name : `${name}=${value}`)),
  ].join(", "),
  prepare: Effect.fnUntraced(function* (file: DataFile) {
    const warmUp = yield* DataFiles.file(file.kind, warmUpMegabytes)
    const worker = yield* Service.startWorker(database, settings)
    const { tableName } = options
    yield* jobs.load(
      files.urlOf(warmUp),
      tableName === undefined ? options : { ...options, tableName: `${tableName}_warm_up` },
    )
    const load = Effect.gen(function* () {
      yield* Effect.promise(() => ProcessTimes.resetPeakMemory(worker))
      const workerBefore = yield* Effect.promise(() => ProcessTimes.cpuSecondsOf(worker))
      const backendsBefore = yield* database.cpuOf("load")
      const { job, seconds } = yield* jobs.load(files.urlOf(file), options)
      const workerAfter = yield* Effect.promise(() => ProcessTimes.cpuSecondsOf(worker))
      return {
        wallSeconds: seconds,
        recordedSeconds: recordedSeconds(job),
        clientCpuSeconds: ProcessTimes.between(workerBefore, workerAfter),
        backendCpuSeconds: spent(backendsBefore, yield* database.cpuOf("load")),
        peakMemoryBytes: yield* Effect.promise(() => ProcessTimes.peakMemoryOf(worker)),
        table: quoteIdentifier(job.table),
      } satisfies Sample
    })
    return { load }
  }),
})
