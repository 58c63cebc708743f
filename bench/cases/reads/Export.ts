import * as Effect from "effect/Effect"
import { runPsql } from "../../contenders/Psql.ts"
import { searchPath } from "../../contenders/ToolConnection.ts"
import { type DataFile, file as dataFile } from "../../files/DataFiles.ts"
import { narrow } from "../../files/Narrow.ts"
import { quoted } from "../../files/Quoted.ts"
import type { Options } from "../../Options.ts"
import { megabytes, number, ratio, type Section } from "../../Report.ts"
import { median, medianOfKnown } from "../../Statistics.ts"
import * as Child from "../../world/Child.ts"
import * as ProcessTimes from "../../world/ProcessTimes.ts"
import * as Service from "../../world/Service.ts"
import type { World } from "../../world/World.ts"

/** MB of the files of each kind; the growth of memory shows with those of narrow columns. */
const sizes = { full: { narrow: [100, 2000], quoted: [500] }, quick: { narrow: [5, 20], quoted: [20] } }

const table = "bench_export"

/** One export over HTTP, which curl throws away, and the CPU seconds and memory of the API meanwhile. */
const download = Effect.fnUntraced(function* ({ apiPid, jobs }: World) {
  yield* Effect.promise(() => ProcessTimes.resetPeakMemory(apiPid))
  const before = yield* Effect.promise(() => ProcessTimes.cpuSecondsOf(apiPid))
  const { stdout } = yield* Child.run({
    program: "curl",
    arguments: [
      "-sSf",
      "--output",
      "/dev/null",
      "--write-out",
      "%{time_total} %{size_download}",
      `${jobs.origin}/tables/${table}/export`,
    ],
    environment: { PATH: yield* searchPath },
  })
  const after = yield* Effect.promise(() => ProcessTimes.cpuSecondsOf(apiPid))
  const [seconds = Number.NaN, bytes = Number.NaN] = stdout.split(" ").map(Number)
  return {
    seconds,
    bytes,
    cpu: ProcessTimes.between(before, after),
    peak: yield* Effect.promise(() => ProcessTimes.peakMemoryOf(apiPid)),
  }
})

const measure = Effect.fnUntraced(function* (world: World, file: DataFile, rounds: number) {
  const { database, files, jobs } = world
  yield* database.clear
  yield* jobs.load(files.urlOf(file), { tableName: table })
  yield* database.settle
  const copied: Array<number> = []
  const exported: Array<Effect.Success<ReturnType<typeof download>>> = []
  // The first round fills caches.
  for (let round = 0; round <= rounds; round++) {
    const { wallSeconds } = yield* runPsql(database, table, [
      String.raw`\copy ${table} to '/dev/null' with (format csv, header)`,
    ])
    const found = yield* download(world)
    if (round === 0) continue
    copied.push(wallSeconds)
    exported.push(found)
  }
  const seconds = exported.map((each) => each.seconds)
  const share = median(copied.map((each, index) => each / seconds[index]!))
  yield* Effect.log(`export ${file.name}: ${share.toFixed(2)} × the speed of psql`)
  return [
    `${file.kind.name} ${number(file.bytes / 1e6, 0)} MB`,
    `${number(file.rows, 0)} rows`,
    number(median(copied), 2),
    number(median(seconds), 2),
    number((exported[0]?.bytes ?? 0) / 1e6 / median(seconds), 0),
    ratio(share),
    number(medianOfKnown(exported.map(({ cpu }) => cpu)), 2),
    megabytes(exported.reduce<number | null>((peak, each) => Math.max(peak ?? 0, each.peak ?? 0), null)),
  ]
})

/** Exports of whole tables as CSV, against psql's `\copy … to`. */
export const exports = Effect.fnUntraced(function* (world: World, options: Options) {
  const size = options.quick ? sizes.quick : sizes.full
  const rows: Array<ReadonlyArray<string>> = []
  yield* Service.startWorker(world.database, {})
  for (const kind of [narrow, quoted])
    for (const wanted of size[kind === narrow ? "narrow" : "quoted"])
      rows.push(yield* measure(world, yield* dataFile(kind, wanted), options.runs))
  yield* world.database.clear
  return {
    title: "Exports as CSV",
    head: ["file", "table", "psql s", "export s", "MB/s", "× psql's speed", "API CPU s", "API RSS MB"],
    rows,
    notes: [],
  } satisfies Section
}, Effect.scoped)
