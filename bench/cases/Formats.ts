import { rm } from "node:fs/promises"
import * as Effect from "effect/Effect"
import { attempt } from "../BenchFailure.ts"
import { type CopyFormat, psqlCopy, writeFormats } from "../contenders/Psql.ts"
import * as DataFiles from "../files/DataFiles.ts"
import { narrow } from "../files/Narrow.ts"
import { quoted } from "../files/Quoted.ts"
import { wide } from "../files/Wide.ts"
import { number, ratio, type Section } from "../Report.ts"
import type { Options } from "../Options.ts"
import { medianOfKnown } from "../Statistics.ts"
import type { World } from "../world/World.ts"
import { race } from "./Race.ts"

/** MB of a file of CSV. */
const megabytes = { full: 100, quick: 10 }

const formats = ["csv", "text", "binary"] as const satisfies ReadonlyArray<CopyFormat>

/** What COPY costs the backend for the same rows in each of its formats, in new tables of text. */
export const copyFormats = Effect.fnUntraced(function* ({ database }: World, options: Options) {
  const rows: Array<ReadonlyArray<string>> = []
  for (const kind of [narrow, quoted, wide]) {
    const file = yield* DataFiles.file(kind, options.quick ? megabytes.quick : megabytes.full)
    yield* writeFormats(database, file)
    const { entries } = yield* race(database, {
      label: `formats, ${kind.name}`,
      file,
      contenders: formats.map((format) => psqlCopy(database, { createsTable: true, format })),
      rounds: options.runs,
    })
    for (const format of ["text", "binary"])
      yield* attempt(`remove ${file.path}.${format}`, () => rm(`${file.path}.${format}`))
    const seconds = entries.map(({ samples }) =>
      medianOfKnown(samples.map(({ sample }) => sample.backendCpuSeconds)),
    )
    rows.push(
      ...formats.map((format, index) => {
        const [csv = null] = seconds
        const own = seconds[index] ?? null
        return [file.name, format, number(own, 2), ratio(csv === null || own === null ? null : own / csv)]
      }),
    )
  }
  return {
    title: "Formats of COPY: CPU of the backend",
    head: ["file", "format", "backend CPU s", "× csv"],
    rows,
    notes: [],
  } satisfies Section
})
