/**
 * Prints how well damaged tables are read without options: F1 of header, records and cells by kind of damage, worst
 * first. Rejects count as missing.
 *
 *     node scripts/measureDetection.ts [part of a kind's name]
 */
import * as Effect from "effect/Effect"
import { formatKinds } from "../test/Csv/detect/measure/formatKinds.ts"
import { headerKinds } from "../test/Csv/detect/measure/headerKinds.ts"
import { lineKinds } from "../test/Csv/detect/measure/lineKinds.ts"
import { measured, type Measured } from "../test/Csv/detect/measure/measured.ts"
import { mixtures } from "../test/Csv/detect/measure/mixtures.ts"
import { oddities } from "../test/Csv/detect/measure/oddities.ts"
import { valueKinds } from "../test/Csv/detect/measure/valueKinds.ts"
import { draftsOf, draftsOfOneColumn, smallDrafts } from "../test/Csv/detect/pollution/drafts.ts"
import { endings } from "../test/Csv/detect/pollution/endings.ts"
import { preambles } from "../test/Csv/detect/pollution/preambles.ts"
import { clean, pollutions, pollutionsOfOneColumn } from "../test/Csv/detect/pollution/pollutions.ts"

const wanted = process.argv[2] ?? ""
const fieldKinds = [...headerKinds, ...lineKinds, ...valueKinds, ...formatKinds]
const smallKinds = [clean, ...preambles, ...endings, ...lineKinds]
const kinds = [
  ...[...pollutions, ...oddities, ...fieldKinds].map(({ apply, name }) => ({
    name,
    drafts: draftsOf({ apply, name }),
  })),
  ...[...pollutionsOfOneColumn, ...oddities].map(({ apply, name }) => ({
    name: `one column: ${name}`,
    drafts: draftsOfOneColumn({ apply, name }),
  })),
  ...smallKinds.map((pollution) => ({
    name: `few records: ${pollution.name}`,
    drafts: smallDrafts(pollution),
  })),
  { name: "three at once", drafts: mixtures(2026, 1000) },
].filter(({ drafts, name }) => name.includes(wanted) && drafts.length > 0)

const percent = (share: number): string => (100 * share).toFixed(1).padStart(6)
const line = (name: string, { cells, files, header, records, tooBad, worst }: Measured): string =>
  `${percent(header)} ${percent(records)} ${percent(cells)} ${String(tooBad).padStart(5)}/${String(files).padStart(4)}  ${name.padEnd(60)} ${worst}`

const mean = (all: ReadonlyArray<Measured>): Measured => {
  const files = all.reduce((sum, { files }) => sum + files, 0)
  const of = (part: "header" | "records" | "cells") =>
    all.reduce((sum, kind) => sum + kind[part] * kind.files, 0) / files
  return {
    files,
    header: of("header"),
    records: of("records"),
    cells: of("cells"),
    tooBad: all.reduce((sum, { tooBad }) => sum + tooBad, 0),
    worst: "",
  }
}

const results: Array<readonly [string, Measured]> = []
for (const { drafts, name } of kinds) results.push([name, await Effect.runPromise(measured(drafts))])
results.sort(([, a], [, b]) => a.records + a.header - b.records - b.header)
console.log("header record  cells  >10 %/files")
for (const [name, result] of results) console.log(line(name, result))
console.log(line("all", mean(results.map(([, result]) => result))))
