import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { attempt, BenchFailure } from "./BenchFailure.ts"
import { copyWriters } from "./cases/CopyWriters.ts"
import { encodings } from "./cases/Encodings.ts"
import { copyFormats } from "./cases/Formats.ts"
import { gzip } from "./cases/Gzip.ts"
import { latency } from "./cases/Latency.ts"
import { loadCases } from "./cases/LoadCases.ts"
import type { Race } from "./cases/Race.ts"
import { raceTable } from "./cases/RaceTable.ts"
import { manyFiles } from "./cases/ManyFiles.ts"
import { loadModes } from "./cases/Modes.ts"
import { exports } from "./cases/reads/Export.ts"
import { jobPages } from "./cases/reads/JobPages.ts"
import { rowPages } from "./cases/reads/RowPages.ts"
import { rejects } from "./cases/Rejects.ts"
import { scan } from "./cases/Scan.ts"
import { throughput } from "./cases/SmallFiles.ts"
import { slowSources } from "./cases/SlowSources.ts"
import { smallJobs } from "./cases/SmallJobs.ts"
import { types } from "./cases/Types.ts"
import { upload } from "./cases/Upload.ts"
import * as Machine from "./Machine.ts"
import { type Options, parseOptions, usage } from "./Options.ts"
import { render, type Section } from "./Report.ts"
import * as World from "./world/World.ts"

const titleOf = ({ quick, runs }: Options): string =>
  quick ? "Benchmark, quick: the files are too small to compare" : `Benchmark, median of ${runs}`

/** The results so far. */
interface Results {
  facts: ReadonlyArray<Machine.Fact>
  readonly races: Array<Race>
  readonly sections: Array<Section>
}

const report = (title: string, { facts, races, sections }: Results): string =>
  render(title, facts, races.length === 0 ? sections : [raceTable(races), ...sections])

/** Runs the selected cases. */
const bench = Effect.fnUntraced(function* (options: Options, results: Results) {
  const world = yield* World.start
  results.facts = yield* Machine.describe(world.database)
  yield* loadCases(world, options, results.races)
  if (options.only.has("d"))
    results.sections.push(yield* throughput(world, options), yield* latency(world, options))
  if (options.only.has("scan")) results.sections.push(yield* scan(options))
  if (options.only.has("rejects")) results.sections.push(yield* rejects(world, options))
  if (options.only.has("copy")) results.sections.push(yield* copyWriters(world, options))
  if (options.only.has("many")) results.sections.push(yield* manyFiles(world, options))
  if (options.only.has("slow")) results.sections.push(yield* slowSources(world, options))
  if (options.only.has("small")) results.sections.push(yield* smallJobs(world, options))
  if (options.only.has("modes")) results.sections.push(yield* loadModes(world, options))
  if (options.only.has("types")) results.sections.push(yield* types(world, options))
  if (options.only.has("formats")) results.sections.push(yield* copyFormats(world, options))
  if (options.only.has("gzip")) results.sections.push(yield* gzip(world, options))
  if (options.only.has("encodings")) results.sections.push(yield* encodings(world, options))
  if (options.only.has("upload")) results.sections.push(yield* upload(world, options))
  if (options.only.has("export")) results.sections.push(yield* exports(world, options))
  if (options.only.has("rows")) results.sections.push(yield* rowPages(world, options))
  if (options.only.has("jobs")) results.sections.push(yield* jobPages(world, options))
}, Effect.scoped)

const program = Effect.gen(function* () {
  const options = parseOptions(process.argv.slice(2))
  if (typeof options === "string") return yield* new BenchFailure({ message: `${options}\n\n${usage}` })
  const results: Results = { facts: [], races: [], sections: [] }
  const title = titleOf(options)
  yield* Effect.onError(bench(options, results), () => Console.log(report(`${title}: incomplete`, results)))
  const complete = report(title, results)
  yield* Console.log(complete)
  if (!options.record) return
  const path = join(import.meta.dirname, "RESULTS.md")
  yield* attempt(`write ${path}`, () => writeFile(path, complete))
})

/** Progress goes to standard error: standard output has only the report. */
const progress = Logger.withConsoleError(
  Logger.make(({ message }) => (Array.isArray(message) ? message.join(" ") : String(message))),
)

program.pipe(
  Effect.tapError((error) => Console.error(error.message)),
  Effect.provide(Logger.layer([progress])),
  (effect) => NodeRuntime.runMain(effect, { disableErrorReporting: true }),
)
