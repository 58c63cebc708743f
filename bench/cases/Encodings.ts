import * as Effect from "effect/Effect"
import type { Contender } from "../contenders/Contender.ts"
import { sluice } from "../contenders/Sluice.ts"
import * as DataFiles from "../files/DataFiles.ts"
import { japanese, korean, simplifiedChinese, traditionalChinese } from "../files/EastAsian.ts"
import type { FileEncoding } from "../files/encoderOf.ts"
import { narrow } from "../files/Narrow.ts"
import type { Options } from "../Options.ts"
import type { World } from "../world/World.ts"
import { type Race, race } from "./Race.ts"
import { raceTable } from "./RaceTable.ts"

/** Millions of characters of a file. */
const size = { full: 100, quick: 5 }

const pairs = [
  [narrow, "utf-16le"],
  [japanese, "utf-16le"],
  [japanese, "shift_jis"],
  [simplifiedChinese, "gbk"],
  [traditionalChinese, "big5"],
  [korean, "euc-kr"],
] as const

/** Loads the same rows from a file in another encoding. */
const inEncoding = (contender: Contender, encoding: FileEncoding, megabytes: number): Contender => ({
  name: `${contender.name}, ${encoding}`,
  prepare: (file) => Effect.flatMap(DataFiles.file(file.kind, megabytes, encoding), contender.prepare),
})

/** Files in other encodings against the same rows in UTF-8. */
export const encodings = Effect.fnUntraced(function* (world: World, options: Options) {
  const megabytes = options.quick ? size.quick : size.full
  const races: Array<Race> = []
  for (const [kind, encoding] of pairs)
    races.push(
      yield* race(world.database, {
        label: `${kind.name}, ${encoding}`,
        file: yield* DataFiles.file(kind, megabytes),
        contenders: [sluice(world), inEncoding(sluice(world), encoding, megabytes)],
        rounds: options.runs,
      }),
    )
  return raceTable(races, "Encodings", ["UTF-8"])
})
