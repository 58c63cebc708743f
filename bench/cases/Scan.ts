import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { BenchFailure } from "../BenchFailure.ts"
import * as DataFiles from "../files/DataFiles.ts"
import { narrow } from "../files/Narrow.ts"
import { quoted } from "../files/Quoted.ts"
import { wide } from "../files/Wide.ts"
import type { Options } from "../Options.ts"
import { number, type Section } from "../Report.ts"
import * as Child from "../world/Child.ts"

/** Output of bench/scan.ts: MB of input per CPU second, and the slowest and fastest round. */
const ScanResult = Schema.Struct({
  megabytes: Schema.Finite,
  megabytesPerCpuSecond: Schema.Finite,
  slowest: Schema.Finite,
  fastest: Schema.Finite,
  rowsPerCpuSecond: Schema.Finite,
})
export type ScanResult = typeof ScanResult.Type

const decodeResult = Schema.decodeUnknownEffect(Schema.fromJsonString(ScanResult))

/** MB of a file. */
const megabytes = { full: 64, quick: 20 }

/** The scanner alone, in a fresh process per kind of file, so that code compiled for one is not used on another. */
export const scan = Effect.fnUntraced(function* (options: Options) {
  const rows: Array<ReadonlyArray<string>> = []
  for (const kind of [narrow, quoted, wide]) {
    const file = yield* DataFiles.file(kind, options.quick ? megabytes.quick : megabytes.full)
    const { stdout } = yield* Child.run({
      program: process.execPath,
      arguments: ["bench/scan.ts", file.path],
    })
    const result = yield* decodeResult(stdout).pipe(
      Effect.mapError(
        ({ message }) => new BenchFailure({ message: `unreadable output of bench/scan.ts: ${message}` }),
      ),
    )
    yield* Effect.log(`scan ${kind.name}: ${result.megabytesPerCpuSecond.toFixed(0)} MB per CPU second`)
    rows.push([
      `scan ${kind.name}`,
      `first ${number(result.megabytes, 0)} MB, 5 rounds`,
      number(result.megabytesPerCpuSecond, 0),
      `${number(result.slowest, 0)}–${number(result.fastest, 0)}`,
      number(result.rowsPerCpuSecond, 0),
    ])
  }
  return {
    title: "The CSV scanner alone",
    head: ["file", "input", "MB per CPU s", "min–max", "rows per CPU s"],
    rows,
    notes: [],
  } satisfies Section
})
