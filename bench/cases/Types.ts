import * as Effect from "effect/Effect"
import { attempt } from "../BenchFailure.ts"
import * as DataFiles from "../files/DataFiles.ts"
import { narrow } from "../files/Narrow.ts"
import { quoted } from "../files/Quoted.ts"
import type { Options } from "../Options.ts"
import { typedLoad, type TypedLoad, typesBy } from "./TypedLoad.ts"
import { number, range, ratio, type Section } from "../Report.ts"
import { median, medianOfKnown } from "../Statistics.ts"
import type { World } from "../world/World.ts"

/** MB of a file. */
const megabytes = { full: 200, quick: 20 }

/**
 * Cost of type inference: a file loaded over one connection as text, with types inferred from the rows during the
 * COPY, and with types inferred by SQL after it. Each load is one transaction.
 */
export const types = Effect.fnUntraced(function* ({ database }: World, options: Options) {
  const rows: Array<ReadonlyArray<string>> = []
  for (const kind of [narrow, quoted]) {
    const file = yield* DataFiles.file(kind, options.quick ? megabytes.quick : megabytes.full)
    const loads = new Map<string, Array<TypedLoad>>(typesBy.map((by) => [by, []]))
    for (let round = 0; round < options.runs; round++)
      for (const by of typesBy) {
        yield* database.clear
        yield* database.settle
        const load = yield* attempt(`load ${file.name} with types by ${by}`, () =>
          typedLoad(database.url, file, by),
        )
        loads.get(by)!.push(load)
        yield* Effect.log(`types ${kind.name}, ${by}: ${load.wallSeconds.toFixed(2)} s`)
      }
    const text = loads.get("nobody")!
    for (const [by, done] of loads) {
      const of = (key: Exclude<keyof TypedLoad, "backendCpuSeconds">) => done.map((load) => load[key])
      rows.push([
        `${kind.name} ${number(file.bytes / 1e6, 0)} MB`,
        by,
        number(median(of("wallSeconds")), 2),
        range(of("wallSeconds"), 2),
        number(median(of("copySeconds")), 2),
        number(median(of("findSeconds")), 2),
        number(median(of("alterSeconds")), 2),
        number(median(of("clientCpuSeconds")), 2),
        number(medianOfKnown(done.map((load) => load.backendCpuSeconds)), 2),
        ratio(median(done.map((load, round) => load.wallSeconds / text[round]!.wallSeconds))),
      ])
    }
  }
  yield* database.clear
  return {
    title: "Types of columns, one connection",
    head: [
      "file",
      "types by",
      "wall s",
      "min–max",
      "COPY s",
      "finding s",
      "ALTER s",
      "client CPU s",
      "backend CPU s",
      "× text",
    ],
    rows,
    notes: [
      "SQL guesses a regular expression per column from the first rows and matches all values in one scan: a lower bound, because it checks neither calendar nor ranges",
    ],
  } satisfies Section
})
