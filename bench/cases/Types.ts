import * as Effect from "effect/Effect"
import * as Record from "effect/Record"
import { psqlCopy } from "../contenders/Psql.ts"
import { sluice } from "../contenders/Sluice.ts"
import * as DataFiles from "../files/DataFiles.ts"
import type { FileKind } from "../files/FileKind.ts"
import { narrow } from "../files/Narrow.ts"
import { quoted } from "../files/Quoted.ts"
import type { Options } from "../Options.ts"
import type { World } from "../world/World.ts"
import { type Race, race } from "./Race.ts"
import { raceTable } from "./RaceTable.ts"

/** MB of a file. */
const megabytes = { full: 500, quick: 20 }

const infer = { types: "infer" }

/** The types of a kind of file as the option `columns`. */
const given = ({ types = {} }: FileKind) => ({
  columns: JSON.stringify(Record.map(types, (type) => ({ type }))),
})

/** Typed loads, inferred and with given types, against psql into a table of the same types and of texts, and against text. */
export const types = Effect.fnUntraced(function* (world: World, options: Options) {
  const races: Array<Race> = []
  for (const kind of [narrow, quoted]) {
    const file = yield* DataFiles.file(kind, options.quick ? megabytes.quick : megabytes.full)
    races.push(
      yield* race(world.database, {
        label: file.name,
        file,
        contenders: [
          psqlCopy(world.database, { createsTable: true, isTyped: true }),
          sluice(world, { streams: 1 }),
          psqlCopy(world.database, { createsTable: true }),
          sluice(world, { streams: 1 }, given(kind)),
          sluice(world, { streams: 1 }, infer),
          sluice(world, {}, infer),
        ],
        rounds: options.runs,
      }),
    )
  }
  return raceTable(races, "Types of columns", ["typed create+copy", "text"])
})
