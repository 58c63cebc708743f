import { type Draft, draftOf, type Pollution } from "../pollution/Draft.ts"
import { enclosed, possible, recordOf } from "../pollution/writing.ts"

/** The table with other names. */
export const renamed = (draft: Draft, name: (old: string, n: number) => string): Draft =>
  draftOf({ ...draft.table, header: draft.table.header.map(name) }, draft.writing, draft.random)

/** Every row ends with a delimiter, and the header does not. */
export const ended = (draft: Draft): Draft => ({
  ...draft,
  rows: draft.rows.map((row) => row + draft.writing.delimiter),
  cells: [...draft.cells, ""],
})

const years = (old: string, n: number): string => (n === 0 ? old : String(1999 + n))

const short = (name: string, change: (draft: Draft) => Draft | null): Pollution => ({
  name: `short header: ${name}`,
  apply: (draft) => {
    const changed = change(draft)
    return changed === null ? null : ended(changed)
  },
})

const spaced = (draft: Draft): Draft | null => {
  const { delimiter, quoting } = draft.writing
  return quoting === "all" || delimiter === "\t"
    ? null
    : { ...draft, header: draft.table.header.join(`${delimiter} `) }
}

/** Names of rows as R writes them, in quotes. */
const rowNamed =
  (name: (n: number) => string) =>
  (draft: Draft): Draft | null =>
    draft.writing.quote === null
      ? null
      : {
          ...draft,
          rows: draft.rows.map(
            (row, n) => `${enclosed(name(n), draft.writing)}${draft.writing.delimiter}${row}`,
          ),
          cells: ["", ...draft.cells],
          meant: draft.table.rows.map((row, n) => [name(n), ...row]),
        }

const halfNamed = (draft: Draft): Draft | null => {
  const names = Math.ceil(draft.table.header.length / 2)
  return draft.table.header.length < 4
    ? null
    : {
        ...draft,
        header: recordOf(draft.table.header.slice(0, names), draft.writing),
        cells: draft.cells.map((cell, n) => (n < names ? cell : "")),
      }
}

const stray =
  (text: (name: string) => string): Pollution["apply"] =>
  (draft) => {
    const { delimiter, quote, quoting } = draft.writing
    if (quote !== '"' || quoting === "all" || draft.table.header.length === 2) return null
    const cells = draft.cells.map((cell, n) => (n === 1 ? text(cell) : cell))
    return { ...draft, header: cells.join(delimiter), cells }
  }

/** Unusual headers. */
export const headerKinds: ReadonlyArray<Pollution> = [
  short("years", (draft) => renamed(draft, years)),
  short("dates", (draft) => renamed(draft, (old, n) => (n === 0 ? old : `2024-0${n}-01`))),
  short("an empty name", (draft) => renamed(draft, (old, n) => (n === 1 ? "" : old))),
  short("spaces after delimiters", spaced),
  { name: "half of the names missing", apply: halfNamed },
  { name: "row names without a header: numbers", apply: rowNamed((n) => String(n + 1)) },
  { name: "row names without a header: texts", apply: rowNamed((n) => `row ${n + 1}`) },
  {
    name: "two names more than any record has values",
    apply: (draft) => ({
      ...draft,
      header: recordOf([...draft.table.header, "Approve", "Reject"], draft.writing),
      cells: [...draft.cells, "Approve", "Reject"],
    }),
  },
  {
    name: "an empty name too many",
    apply: (draft) => ({
      ...draft,
      header: recordOf([draft.table.header[0]!, "", ...draft.table.header.slice(1)], draft.writing),
    }),
  },
  { name: "a quote that opens within the header", apply: stray((name) => `"${name}`) },
  { name: "a quote within a name", apply: stray((name) => `${name.slice(0, 2)}"${name.slice(2)}`) },
  {
    name: "names of numbers and letters",
    apply: (draft) => renamed(draft, (old, n) => (n === 0 ? old : `${n}. ${possible(old, draft.writing)}`)),
  },
]
