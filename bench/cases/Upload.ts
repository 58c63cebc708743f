import * as Effect from "effect/Effect"
import { sluice } from "../contenders/Sluice.ts"
import { sluiceUpload } from "../contenders/SluiceUpload.ts"
import * as DataFiles from "../files/DataFiles.ts"
import { narrow } from "../files/Narrow.ts"
import { quoted } from "../files/Quoted.ts"
import type { Options } from "../Options.ts"
import type { World } from "../world/World.ts"
import { type Race, race } from "./Race.ts"
import { raceTable } from "./RaceTable.ts"

/** MB of the files of each kind; the growth of memory shows with those of narrow columns. */
const sizes = { full: { narrow: [100, 2000], quoted: [500] }, quick: { narrow: [5, 20], quoted: [20] } }

/** Uploads, against downloads of the same file over one connection. */
export const upload = Effect.fnUntraced(function* (world: World, options: Options) {
  const size = options.quick ? sizes.quick : sizes.full
  const races: Array<Race> = []
  for (const kind of [narrow, quoted])
    for (const megabytes of size[kind === narrow ? "narrow" : "quoted"])
      races.push(
        yield* race(world.database, {
          label: `${kind.name} ${megabytes} MB`,
          file: yield* DataFiles.file(kind, megabytes),
          contenders: [sluice(world), sluiceUpload(world)],
          rounds: options.runs,
        }),
      )
  return raceTable(races, "Uploads", ["download"])
})
