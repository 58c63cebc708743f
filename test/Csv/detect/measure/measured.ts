import * as Effect from "effect/Effect"
import { readAll, utf8 } from "../../readingCsv.ts"
import { type Draft, meantRows, textOf } from "../pollution/Draft.ts"
import { score } from "./Score.ts"

/** How files of one kind come through, on the mean. */
export interface Measured {
  readonly files: number
  readonly header: number
  readonly records: number
  readonly cells: number
  /** Files of which more than a tenth of the records, and more than one, are set aside, or that are refused. */
  readonly tooBad: number
  /** The table of the file that comes through worst. */
  readonly worst: string
}

/** As the names of columns are. */
const trimmed = (cells: ReadonlyArray<string>): ReadonlyArray<string> => cells.map((cell) => cell.trim())

/** Loads the files as if nothing was said about them. */
export const measured = Effect.fnUntraced(function* (drafts: ReadonlyArray<Draft>) {
  let header = 0
  let records = 0
  let cells = 0
  let tooBad = 0
  let worst = ""
  let least = 2
  for (const draft of drafts) {
    const found = yield* readAll([utf8(textOf(draft))], { onBadRow: "reject" })
    const loaded = { header: trimmed(found.header ?? []), rows: found.rows }
    const one = score({ header: trimmed(draft.cells), rows: meantRows(draft) }, loaded)
    header += one.header
    records += one.records
    cells += one.cells
    if (found.error !== null || found.rejects.length > Math.max(1, found.records / 10)) tooBad++
    if (one.header + one.records < least) {
      least = one.header + one.records
      const { delimiter, escape, quote } = draft.writing
      worst = `${least.toFixed(2)} ${draft.table.name}, ${draft.rows.length} rows, ${JSON.stringify(delimiter)} ${quote} ${escape}`
    }
  }
  const files = drafts.length
  return {
    files,
    header: header / files,
    records: records / files,
    cells: cells / files,
    tooBad,
    worst,
  } satisfies Measured
})
