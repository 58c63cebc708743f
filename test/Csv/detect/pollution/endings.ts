import type { Draft, Pollution } from "./Draft.ts"
import { prose } from "./preambles.ts"

const footer = (name: string, lines: (draft: Draft) => ReadonlyArray<string>): Pollution => ({
  name,
  apply: (draft) => ({ ...draft, after: lines(draft) }),
})

export const endings: ReadonlyArray<Pollution> = [
  footer("blank lines at the end", () => ["", "", ""]),
  footer("a sum at the end", ({ writing }) => [`Total${writing.delimiter}123`]),
  footer("a source at the end", () => ["", "Source: the office, 2020"]),
  footer("notes at the end", () => ["", ...prose]),
  footer("a count of rows at the end", ({ rows }) => [`(${rows.length} rows)`]),
  footer("a stray sign at the end", () => ["\u001a"]),
  footer("a row of delimiters at the end", ({ table, writing }) => [
    writing.delimiter.repeat(table.header.length - 1),
  ]),
  footer("a row that is cut off", ({ rows }) => [rows[0]!.slice(0, rows[0]!.length / 2)]),
]
