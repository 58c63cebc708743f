import { type Draft, draftOf, middle, type Pollution, withColumn, withRow } from "./Draft.ts"
import { enclosed, possible, recordOf } from "./writing.ts"

/** The row without the empty cells at its end, as some programs write it. */
const withoutEnd = (row: ReadonlyArray<string>): ReadonlyArray<string> => {
  const length = row.findLastIndex((cell) => cell !== "") + 1
  return row.slice(0, Math.max(1, length))
}

const otherTable = (draft: Draft, header: ReadonlyArray<string>): Draft => ({
  ...draft,
  after: [
    "",
    ...[
      header,
      ...draft.table.rows.slice(0, draft.rows.length / 2).map((_, n) => header.map(() => String(n))),
    ].map((row) => recordOf(row, draft.writing)),
  ],
})

/** What is done to all rows, or to the file as a whole. */
export const wholePollutions: ReadonlyArray<Pollution> = [
  {
    name: "no header",
    apply: (draft) => ({
      ...draft,
      header: draft.rows[0]!,
      rows: draft.rows.slice(1),
      cells: draft.table.rows[0]!.map((cell) => possible(cell, draft.writing)),
      meant: draft.table.rows.slice(1),
    }),
  },
  {
    name: "rows without the empty cells at their ends",
    apply: (draft) => ({
      ...draft,
      rows: draft.table.rows.map((row) => recordOf(withoutEnd(row), draft.writing)),
    }),
  },
  {
    name: "every other row has a cell less",
    apply: (draft) => ({
      ...draft,
      rows: draft.table.rows.map((row, n) => recordOf(n % 2 === 1 ? row.slice(0, -1) : row, draft.writing)),
    }),
  },
  {
    name: "a table behind it with a column more",
    apply: (draft) => otherTable(draft, [...draft.table.header, "more"]),
  },
  {
    name: "a table of two columns behind it",
    apply: (draft) => otherTable(draft, ["key", "value"]),
  },
  {
    name: "quotes around the header only",
    apply: (draft) =>
      draft.writing.quote === null
        ? null
        : { ...draft, header: recordOf(draft.table.header, { ...draft.writing, quoting: "all" }) },
  },
  {
    name: "years for names",
    apply: (draft) => {
      const header = draft.table.header.map((name, n) => (n === 0 ? name : String(2000 + n)))
      return draftOf({ ...draft.table, header }, draft.writing, draft.random)
    },
  },
  {
    name: "text with every delimiter in quotes",
    apply: (draft) =>
      draft.writing.quote === null ? null : withColumn(draft, 1, "all, of; them", "a,b;c\td|e: f"),
  },
  {
    name: "lists in a column",
    apply: (draft) => withColumn(draft, 1, "tags", draft.writing.delimiter === "|" ? "x;y;z" : "x|y|z"),
  },
  {
    name: "JSON in a column",
    apply: (draft) => withColumn(draft, 1, "json", '{"a":1,"b":[2,3]}'),
  },
  {
    name: "the same row over and over",
    apply: (draft) => ({
      ...draft,
      rows: draft.rows.map(() => draft.rows[0]!),
      meant: draft.rows.map(() => draft.table.rows[0]!),
    }),
  },
  {
    name: "rows in quotes as a whole, one of them",
    apply: (draft) =>
      draft.writing.quote === null
        ? null
        : withRow(draft, middle, (_, { writing }, written) => enclosed(written, writing)),
  },
]
