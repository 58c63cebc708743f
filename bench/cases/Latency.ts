import * as Effect from "effect/Effect"
import { recordedSeconds } from "../contenders/Sluice.ts"
import * as DataFiles from "../files/DataFiles.ts"
import { narrow } from "../files/Narrow.ts"
import type { Options } from "../Options.ts"
import { number, type Section } from "../Report.ts"
import { percentile } from "../Statistics.ts"
import * as Service from "../world/Service.ts"
import type { World } from "../world/World.ts"

/** Number of jobs. */
const counts = { full: 50, quick: 20 }
/** Uncounted jobs that warm up worker and API. */
const warmUps = 10

/** Case d: one job at a time on an otherwise idle service. */
export const latency = Effect.fnUntraced(function* (world: World, options: Options) {
  const { database, jobs } = world
  const count = options.quick ? counts.quick : counts.full
  const files = yield* DataFiles.smallFiles(narrow, warmUps + count)
  yield* database.clear
  yield* Service.startWorker(database, {})
  const byClient: Array<number> = []
  const byRecord: Array<number> = []
  for (const [n, file] of files.entries()) {
    const { job, seconds } = yield* jobs.load(world.files.urlOf(file))
    if (n < warmUps) continue
    byClient.push(1000 * seconds)
    byRecord.push(1000 * (recordedSeconds(job) ?? Number.NaN))
  }
  yield* database.clear
  const row = (clock: string, millis: ReadonlyArray<number>) => [
    `d ${count} files of 10 kB`,
    clock,
    number(percentile(millis, 0.5), 1),
    number(percentile(millis, 0.95), 1),
    number(Math.min(...millis), 1),
    number(Math.max(...millis), 1),
  ]
  yield* Effect.log(`d latency: p50 ${percentile(byClient, 0.5).toFixed(1)} ms`)
  return {
    title: "Small files, one after the other: POST to completed, ms",
    head: ["files", "clock", "p50", "p95", "min", "max"],
    rows: [row("client's", byClient), row("job's record", byRecord)],
    notes: [],
  } satisfies Section
}, Effect.scoped)
