/**
 * Prints how many files of each encoding and language are read right, and how many have a warning: tables of 8 rows and of
 * up to 400, made of translations in Debian packages, which `scripts/encodings/fetchTexts.sh DIR` fetches.
 *
 *     node scripts/encodings/measureEncodings.ts DIR [--source CHECKOUT] [--wrong] [--only PART]
 *
 * `--source` measures another checkout of the repository, `--wrong` prints each file that is misread, `--only` takes a part
 * of a language and encoding, such as `cs windows-1250`.
 */
import { resolve } from "node:path"
import { atOnce } from "../../src/Bytes/Steps.ts"
import { parseArgs } from "node:util"
import * as Effect from "effect/Effect"
import type { Utf8Reader as Reader } from "../../src/Csv/encoding/Utf8Reader.ts"
import { cedillas } from "./spellings.ts"
import { type Measurement, measurements } from "./measurements.ts"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    source: { type: "string", default: "." },
    wrong: { type: "boolean", default: false },
    only: { type: "string", default: "" },
  },
})

const { Utf8Reader }: { readonly Utf8Reader: typeof Reader } = await import(
  resolve(values.source, "src/Csv/encoding/Utf8Reader.ts")
)

/** In older checkouts, readers are opened by an effect. */
const opened = (reader: Reader | Effect.Effect<Reader>): Reader =>
  Effect.isEffect(reader) ? Effect.runSync(reader) : reader

interface Reading {
  readonly measurement: Measurement
  readonly isRight: boolean
  readonly isWarned: boolean
  readonly encoding: string
}

const read = (measurement: Measurement): Reading => {
  const { file, text } = measurement
  const reader = opened(Utf8Reader.open(file.subarray(0, 4096), {}))
  const decoded = Buffer.concat([
    atOnce(reader.push(file.subarray(reader.offset))),
    atOnce(reader.finish()),
  ]).toString("utf8")
  const warnings: Reader["warnings"] | undefined = reader.warnings
  return {
    measurement,
    isRight: cedillas(decoded) === cedillas(text),
    isWarned: warnings !== undefined && warnings.length > 0,
    encoding: reader.encoding,
  }
}

const readings = measurements(positionals[0] ?? ".", values.only).map(read)

const percent = (part: number, whole: number): string =>
  whole === 0 ? "–" : ((100 * part) / whole).toFixed(1)

const share = (all: ReadonlyArray<Reading>): string => {
  const right = all.filter(({ isRight }) => isRight)
  const warned = all.filter(({ isRight, isWarned }) => !isRight && isWarned).length
  const needless = right.filter(({ isWarned }) => isWarned).length
  return `${percent(right.length, all.length)} | ${percent(warned, all.length - right.length)} | ${percent(needless, right.length)}`
}

const printTable = (title: string, keyOf: (measurement: Measurement) => string): void => {
  const groups = Map.groupBy(readings, ({ measurement }) => keyOf(measurement))
  console.log(
    `\n| ${title} | files | 8 rows: right % | warned, of the wrong % | warned, of the right % | whole: right % | warned, of the wrong % | warned, of the right % |`,
  )
  console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
  for (const [key, group] of groups) {
    const of = (rows: string) => share(group.filter(({ measurement }) => measurement.rows === rows))
    console.log(`| ${key} | ${group.length} | ${of("8")} | ${of("whole")} |`)
  }
}

printTable("encoding", ({ encoding }) => encoding)
printTable("language", ({ locale }) => locale)
printTable("all", () => "all")
if (values.wrong)
  for (const { encoding, isRight, isWarned, measurement } of readings)
    if (!isRight)
      console.log(
        `${measurement.locale} ${measurement.encoding} ${measurement.rows} as ${encoding}${isWarned ? " (warned)" : ""}: ${(measurement.text.match(/\S*[^\0-\x7f]+\S*/g) ?? []).slice(0, 8).join(" ")}`,
      )
