import * as Effect from "effect/Effect"
import { pipedCopy } from "../contenders/PipedCopy.ts"
import { sluice } from "../contenders/Sluice.ts"
import * as DataFiles from "../files/DataFiles.ts"
import { narrow } from "../files/Narrow.ts"
import { quoted } from "../files/Quoted.ts"
import type { Options } from "../Options.ts"
import type { World } from "../world/World.ts"
import { type Race, race } from "./Race.ts"
import { raceTable } from "./RaceTable.ts"

/** MB of a file before compression. */
const megabytes = { full: 500, quick: 20 }

/** Compressed files from the source, against curl, gunzip and psql in a pipe. */
export const gzip = Effect.fnUntraced(function* (world: World, options: Options) {
  const races: Array<Race> = []
  for (const kind of [narrow, quoted]) {
    const original = yield* DataFiles.file(kind, options.quick ? megabytes.quick : megabytes.full)
    races.push(
      yield* race(world.database, {
        label: `${original.name}.gz`,
        file: yield* DataFiles.gzipped(original),
        contenders: [
          pipedCopy(world, { createsTable: false }),
          pipedCopy(world, { createsTable: true }),
          sluice(world),
        ],
        rounds: options.runs,
      }),
    )
  }
  return raceTable(races, "Compressed files", ["pipe", "create + pipe"])
})
