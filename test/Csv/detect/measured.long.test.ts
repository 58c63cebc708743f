import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { measured } from "./measure/measured.ts"
import { mixtures } from "./measure/mixtures.ts"
import { oddities } from "./measure/oddities.ts"
import { draftsOf, draftsOfOneColumn } from "./pollution/drafts.ts"

/** Kinds of which less than all comes through: least F1 of the records, of tables and of those of one column. */
const lossy: Readonly<
  Record<string, { readonly table?: number; readonly column?: number; readonly why: string }>
> = {
  "quotes and delimiters within fields not doubled": {
    table: 0.89,
    column: 0.8,
    why: "A delimiter behind a quote that is not doubled ends the field: those rows are set aside.",
  },
  "a file behind the file, with its mark": {
    table: 0.98,
    column: 0.98,
    why: "Quotes behind a mark are in the middle of a field.",
  },
  "the last row cut within quotes": { table: 0.92, column: 0.98, why: "The row is set aside." },
  "CR CR LF": { column: 0.64, why: "A blank line is a row in a table of one column." },
  "most rows with a surplus delimiter": { column: 0.29, why: "They look like a table of two columns." },
  "a footer behind a surplus delimiter in every row": {
    table: 0.98,
    column: 0.32,
    why: "A sum with its name is as wide as a table of two columns; one column looks like two.",
  },
  "quotes doubled here and behind a backslash there": {
    table: 0.82,
    column: 0.87,
    why: "One of them is right: the backslashes of the others stay.",
  },
  'cells with "\\\\N"': {
    table: 0.88,
    why: "Where no quote stands behind a backslash, a doubled one may be the text.",
  },
  "a row with quotes around it all and its own doubled": {
    table: 0.94,
    column: 0.97,
    why: "It is one field, and set aside.",
  },
  "every row in quotes as a whole": { table: 0, why: "Each row is one field, as it says." },
  "another table of the same width behind a blank line": {
    table: 0.92,
    column: 0.88,
    why: "Its rows fit into the first one.",
  },
  "all cells text, no header": { column: 0.88, why: "Times without their digits, xx:xx:xx, are no times." },
}

describe("unusual files", () => {
  it.effect.each(oddities.map((oddity) => [oddity.name, oddity] as const))(
    "an unusual file is read without loss, except for known losses: %s",
    ([name, oddity]) =>
      Effect.gen(function* () {
        const { column = 1, table = 1 } = lossy[name] ?? {}
        const ofTables = yield* measured(draftsOf(oddity))
        const ofColumns = yield* measured(draftsOfOneColumn(oddity))
        assert.isAbove(ofTables.files + ofColumns.files, 10)
        if (ofTables.files > 0) assert.isAtLeast(ofTables.records, table, ofTables.worst)
        if (ofColumns.files > 0) assert.isAtLeast(ofColumns.records, column, ofColumns.worst)
      }),
  )
})

describe("a table with an oddity, and lines before and behind it", () => {
  it.effect("comes through nearly whole on the mean", () =>
    Effect.gen(function* () {
      const { header, records } = yield* measured(mixtures(2026, 600))
      assert.isAtLeast(header, 0.975)
      assert.isAtLeast(records, 0.955)
    }),
  )
})
