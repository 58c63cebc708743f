import * as Effect from "effect/Effect"
import { quoteIdentifier } from "../../src/Domain/load/columns/SqlIdentifier.ts"
import type { DataFile } from "../files/DataFiles.ts"
import * as DataFiles from "../files/DataFiles.ts"
import { spent } from "../world/Database.ts"
import * as ProcessTimes from "../world/ProcessTimes.ts"
import * as Service from "../world/Service.ts"
import type { World } from "../world/World.ts"
import type { Contender, Sample } from "./Contender.ts"
import { recordedSeconds, warmUpMegabytes } from "./Sluice.ts"

/** The service, to which this process uploads the file: a fresh API that has loaded one small file of the same kind. */
export const sluiceUpload = ({ database }: World): Contender => ({
  name: "Sluice, upload",
  prepare: Effect.fnUntraced(function* (file: DataFile) {
    const warmUp = yield* DataFiles.file(file.kind, warmUpMegabytes)
    const { jobs, pid } = yield* Service.startApi(database)
    yield* jobs.upload(warmUp.path)
    const load = Effect.gen(function* () {
      yield* Effect.promise(() => ProcessTimes.resetPeakMemory(pid))
      const before = yield* Effect.promise(() => ProcessTimes.cpuSecondsOf(pid))
      const backendsBefore = yield* database.cpuOf("load")
      const { job, seconds } = yield* jobs.upload(file.path)
      const after = yield* Effect.promise(() => ProcessTimes.cpuSecondsOf(pid))
      return {
        wallSeconds: seconds,
        recordedSeconds: recordedSeconds(job),
        clientCpuSeconds: ProcessTimes.between(before, after),
        backendCpuSeconds: spent(backendsBefore, yield* database.cpuOf("load")),
        peakMemoryBytes: yield* Effect.promise(() => ProcessTimes.peakMemoryOf(pid)),
        table: quoteIdentifier(job.table),
      } satisfies Sample
    })
    return { load }
  }),
})
