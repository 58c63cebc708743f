import type { BaseTable, Random } from "./baseTables.ts"
import { possible, recordOf, type Writing } from "./writing.ts"

/** A file in the making, line by line, and what is to be found out about it. */
export interface Draft {
  readonly table: BaseTable
  readonly writing: Writing
  readonly random: Random
  readonly before: ReadonlyArray<string>
  readonly header: string
  readonly rows: ReadonlyArray<string>
  readonly after: ReadonlyArray<string>
  /** The header's cells, and the lines before it. */
  readonly cells: ReadonlyArray<string>
  readonly skipped: number
  /** The rows that are meant where they are not the table's own. */
  readonly meant?: ReadonlyArray<ReadonlyArray<string>>
}

export const draftOf = (table: BaseTable, writing: Writing, random: Random): Draft => ({
  table,
  writing,
  random,
  before: [],
  header: recordOf(table.header, writing),
  rows: table.rows.map((row) => recordOf(row, writing)),
  after: [],
  cells: table.header.map((cell) => possible(cell, writing)),
  skipped: 0,
})

/** The rows that should come of the file, each with all columns. */
export const meantRows = ({ cells, meant, table, writing }: Draft): ReadonlyArray<ReadonlyArray<string>> =>
  (meant ?? table.rows).map((row) =>
    Array.from({ length: cells.length }, (_, index) => possible(row[index] ?? "", writing)),
  )

export const textOf = ({ after, before, header, rows, writing }: Draft): string =>
  [...before, header, ...rows, ...after].join(writing.lineEnd) +
  (writing.ending === null ? "" : writing.lineEnd + (writing.ending ?? ""))

/** One way to spoil a file; `null`: this one cannot be. */
export interface Pollution {
  readonly name: string
  readonly apply: (draft: Draft) => Draft | null
}

const first = () => 0
export const middle = (count: number) => count >> 1
const last = (count: number) => count - 1
const places = [
  ["the first row", first],
  ["a row in the middle", middle],
  ["the last row", last],
] as const

/** Cells as they are meant; `null`: there should be no row. */
export type MeantRow = (cells: ReadonlyArray<string>, draft: Draft) => ReadonlyArray<string> | null

/** One row is replaced, and so what is meant by it. */
export const withRow = (
  draft: Draft,
  place: (count: number) => number,
  row: (cells: ReadonlyArray<string>, draft: Draft, written: string) => string,
  meant: MeantRow = (cells) => cells,
): Draft => {
  const at = place(draft.rows.length)
  return {
    ...draft,
    rows: draft.rows.map((written, index) =>
      index === at ? row(draft.table.rows[at]!, draft, written) : written,
    ),
    meant: draft.table.rows.flatMap((cells, index) => {
      const meantCells = index === at ? meant(cells, draft) : cells
      return meantCells === null ? [] : [meantCells]
    }),
  }
}

export const somewhere = (
  name: string,
  row: Parameters<typeof withRow>[2],
  meant?: MeantRow,
): ReadonlyArray<Pollution> =>
  places.map(([where, place]) => ({
    name: `${where} ${name}`,
    apply: (draft) => withRow(draft, place, row, meant),
  }))

/** The text without what would need quotes. */
export const plain = (text: string, { delimiter }: Writing): string =>
  text.replaceAll(/["'\r\n\\]/g, " ").replaceAll(delimiter, " ")

const inserted = <A>(cells: ReadonlyArray<A>, at: number, cell: A): ReadonlyArray<A> => [
  ...cells.slice(0, at),
  cell,
  ...cells.slice(at),
]

/** The table with other cells. */
export const withCells = (draft: Draft, change: (cell: string) => string): Draft =>
  draftOf(
    { ...draft.table, rows: draft.table.rows.map((row) => row.map((cell) => change(cell))) },
    draft.writing,
    draft.random,
  )

/** The table with one more column. */
export const withColumn = (draft: Draft, at: number, name: string, cell: string): Draft => {
  const table: BaseTable = {
    ...draft.table,
    header: inserted(draft.table.header, at, name),
    rows: draft.table.rows.map((row) => inserted(row, at, cell)),
  }
  return draftOf(table, draft.writing, draft.random)
}
