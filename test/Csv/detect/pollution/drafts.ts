import { type BaseTable, baseTables, randomFrom, singleColumns } from "./baseTables.ts"
import { type Draft, draftOf, type Pollution } from "./Draft.ts"
import { usual, type Writing } from "./writing.ts"

const semicolons: Writing = { ...usual, delimiter: ";", quoting: "all" }

type Writings = ReadonlyArray<readonly [rows: number, writing: Writing]>

/** How the polluted files are written, and how many rows they have. */
export const writings: Writings = [
  [4, usual],
  [40, usual],
  [4, semicolons],
  [40, { ...semicolons, quote: "'", escape: "'" }],
  [40, { ...semicolons, escape: "\\" }],
  [40, { ...usual, delimiter: "\t", quote: null }],
  [40, { ...usual, delimiter: "|" }],
]

const writingsOfOneColumn: Writings = [
  [4, { ...usual, quote: null }],
  [40, { ...usual, quote: null }],
  [40, { ...usual, quoting: "all" }],
]

const polluted = (
  tables: (rows: number) => ReadonlyArray<BaseTable>,
  ways: Writings,
  pollution: Pollution,
): ReadonlyArray<Draft> =>
  ways.flatMap(([rows, writing]) =>
    tables(rows).flatMap((table) => pollution.apply(draftOf(table, writing, randomFrom(7))) ?? []),
  )

/** Every table in every writing, polluted in this way. */
export const draftsOf = (pollution: Pollution): ReadonlyArray<Draft> =>
  polluted(baseTables, writings, pollution)

/** The same of the tables of one column. */
export const draftsOfOneColumn = (pollution: Pollution): ReadonlyArray<Draft> =>
  polluted(singleColumns, writingsOfOneColumn, pollution)

/** Small tables: one, two and three records, in each of these dialects. */
export const smallDrafts = (pollution: Pollution): ReadonlyArray<Draft> =>
  polluted(
    baseTables,
    [1, 2, 3].flatMap((rows) =>
      [usual, semicolons, { ...usual, delimiter: "\t" }, { ...usual, quoting: "all" as const }].map(
        (writing): readonly [number, Writing] => [rows, writing],
      ),
    ),
    pollution,
  )
