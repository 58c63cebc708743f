import * as Effect from "effect/Effect"
import type { Options } from "../Options.ts"
import type { Contender } from "../contenders/Contender.ts"
import { naiveWorker, standInCopy } from "../contenders/LoadingProcess.ts"
import { ogr2ogr } from "../contenders/Ogr2ogr.ts"
import { pgloader } from "../contenders/Pgloader.ts"
import { psqlCopy } from "../contenders/Psql.ts"
import { sluice } from "../contenders/Sluice.ts"
import { isInstalled } from "../contenders/Tool.ts"
import * as DataFiles from "../files/DataFiles.ts"
import type { FileKind } from "../files/FileKind.ts"
import { narrow } from "../files/Narrow.ts"
import { quoted } from "../files/Quoted.ts"
import { wide } from "../files/Wide.ts"
import type { World } from "../world/World.ts"
import { type Race, race } from "./Race.ts"

/** Sizes in MB. */
const sizes = { narrow: 500, quoted: 500, wide: 200, growth: [100, 500, 2000] }
const quickSizes = { narrow: 20, quoted: 20, wide: 20, growth: [5, 20, 60] }

const streamCounts = [1, 2, 3]

/** The two contenders that the others are compared with; both copy the file from disk. */
const baselines = Effect.fnUntraced(function* ({ database }: World) {
  const copy = (yield* isInstalled("psql")) ? psqlCopy : standInCopy
  return [copy(database, { createsTable: false }), copy(database, { createsTable: true })]
})

/** Other loading tools, if installed. */
const tools = Effect.fnUntraced(function* ({ database }: World) {
  const installed: Array<Contender> = []
  if (yield* isInstalled("ogr2ogr")) installed.push(ogr2ogr(database))
  if (yield* isInstalled("pgloader")) installed.push(pgloader(database))
  return installed
})

/**
 * The selected ones of the cases a, b, c, e, f and g.
 *
 * @param races receives each race when it ends
 */
export const loadCases = Effect.fnUntraced(function* (world: World, options: Options, races: Array<Race>) {
  const size = options.quick ? quickSizes : sizes
  const common = yield* baselines(world)
  const run = Effect.fnUntraced(function* (
    title: string,
    kind: FileKind,
    megabytes: number,
    contenders: ReadonlyArray<Contender>,
    mayFail: ReadonlyArray<Contender> = [],
  ) {
    races.push(
      yield* race(world.database, {
        label: `${title} ${megabytes} MB`,
        file: yield* DataFiles.file(kind, megabytes),
        contenders: [...common, ...contenders],
        mayFail,
        rounds: options.runs,
      }),
    )
  })

  if (options.only.has("a")) yield* run("a narrow", narrow, size.narrow, [sluice(world)])
  if (options.only.has("b")) yield* run("b quoted", quoted, size.quoted, [sluice(world)])
  if (options.only.has("c")) yield* run("c 300 columns", wide, size.wide, [sluice(world)])
  if (options.only.has("e"))
    for (const kind of [narrow, quoted])
      yield* run(
        `e streams, ${kind.name}`,
        kind,
        kind === narrow ? size.narrow : size.quoted,
        streamCounts.map((streams) => sluice(world, { streams })),
      )
  if (options.only.has("f"))
    for (const megabytes of size.growth) yield* run("f growth", narrow, megabytes, [sluice(world)])
  if (options.only.has("g"))
    yield* run(
      "g others, narrow",
      narrow,
      size.narrow,
      [sluice(world), naiveWorker(world)],
      yield* tools(world),
    )
})
