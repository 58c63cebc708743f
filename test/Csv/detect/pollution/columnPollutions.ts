import { pick } from "./baseTables.ts"
import { type Draft, draftOf, plain, type Pollution, withCells, withColumn } from "./Draft.ts"
import { cellOf, recordOf } from "./writing.ts"

const every = (draft: Draft, change: (row: string) => string): ReadonlyArray<string> => draft.rows.map(change)

export const columnPollutions: ReadonlyArray<Pollution> = [
  { name: "an empty column in the middle", apply: (draft) => withColumn(draft, 1, "", "") },
  { name: "an empty column at first", apply: (draft) => withColumn(draft, 0, "", "") },
  { name: "an empty column at last", apply: (draft) => withColumn(draft, draft.table.header.length, "", "") },
  { name: "a named column without values", apply: (draft) => withColumn(draft, 1, "spare", "") },
  { name: "a column of numbers without a name", apply: (draft) => withColumn(draft, 0, "", "7") },
  { name: "two names alike", apply: (draft) => withColumn(draft, 1, draft.table.header[0]!, "7") },
  {
    name: "a delimiter behind the header and every row",
    apply: (draft) => ({
      ...draft,
      header: draft.header + draft.writing.delimiter,
      rows: every(draft, (row) => row + draft.writing.delimiter),
      cells: [...draft.cells, ""],
    }),
  },
  {
    name: "a delimiter behind every row",
    apply: (draft) => ({
      ...draft,
      rows: every(draft, (row) => row + draft.writing.delimiter),
      cells: [...draft.cells, ""],
    }),
  },
  {
    name: "a delimiter behind the header",
    apply: (draft) => ({ ...draft, header: draft.header + draft.writing.delimiter }),
  },
  {
    name: "three delimiters behind the header",
    apply: (draft) => ({ ...draft, header: draft.header + draft.writing.delimiter.repeat(3) }),
  },
  {
    name: "a header that lacks its last name",
    apply: (draft) =>
      draft.cells.length === 2
        ? null
        : {
            ...draft,
            header: recordOf(draft.table.header.slice(0, -1), draft.writing),
            // Where the first cells may be row names, they are, as in R and pandas.
            cells: draft.table.hasNamesOfRows
              ? ["", ...draft.cells.slice(0, -1)]
              : [...draft.cells.slice(0, -1), ""],
          },
  },
  {
    name: "a header that lacks its last two names",
    apply: (draft) =>
      draft.cells.length === 2
        ? null
        : {
            ...draft,
            header: recordOf(draft.table.header.slice(0, -2), draft.writing),
            cells: [...draft.cells.slice(0, -2), "", ""],
          },
  },
  {
    name: "a header with a name too many",
    apply: (draft) => ({
      ...draft,
      header: `${draft.header}${draft.writing.delimiter}${cellOf("notes", draft.writing)}`,
      cells: [...draft.cells, "notes"],
    }),
  },
  {
    name: "cells padded with blanks",
    apply: (draft) => {
      const pad = (cells: ReadonlyArray<string>) => cells.map((cell) => ` ${plain(cell, draft.writing)} `)
      const table = { ...draft.table, header: pad(draft.table.header), rows: draft.table.rows.map(pad) }
      return draft.writing.quoting === "all" ? null : draftOf(table, draft.writing, draft.random)
    },
  },
  {
    name: "numbers padded on the left",
    apply: (draft) => withCells(draft, (cell) => (/^[\d.-]+$/.test(cell) ? cell.padStart(8) : cell)),
  },
  {
    name: "decimal commas",
    apply: (draft) => withCells(draft, (cell) => cell.replace(/^(-?\d+)\.(\d+)$/, "$1,$2")),
  },
  {
    name: "units in a second line",
    apply: (draft) => ({
      ...draft,
      rows: [
        recordOf(
          draft.table.header.map((_, n) => pick(draft.random, ["(m)", "(s)", "[-]"]) + (n === 0 ? "" : "")),
          draft.writing,
        ),
        ...draft.rows,
      ],
    }),
  },
  {
    name: "400 columns",
    apply: (draft) => {
      const more = Array.from({ length: 400 }, (_, n) => n)
      return draftOf(
        {
          ...draft.table,
          header: [...draft.table.header, ...more.map((n) => `extra ${n}`)],
          rows: draft.table.rows.map((row) => [...row, ...more.map((n) => (n % 3 === 0 ? "" : String(n)))]),
        },
        draft.writing,
        draft.random,
      )
    },
  },
]
