import { type Draft, draftOf, type Pollution } from "../pollution/Draft.ts"
import { enclosed, type Writing } from "../pollution/writing.ts"
import { ended } from "./headerKinds.ts"

/** The table with a first column of these values. */
const withFirst = (draft: Draft, name: string, value: (n: number) => string): Draft =>
  draftOf(
    {
      ...draft.table,
      header: [name, ...draft.table.header],
      rows: draft.table.rows.map((row, n) => [value(n), ...row]),
    },
    draft.writing,
    draft.random,
  )

const months = ["January", "February", "March", "April", "May", "June"]
const dates = (n: number): string => `${months[n % 6]} ${(n % 28) + 1}, 2024`
const times = (n: number): string =>
  `${String(n % 24).padStart(2, "0")}:${String((n * 5) % 60).padStart(2, "0")}:00`
const dimensions = (n: number): string =>
  `PC,${n % 2 === 0 ? "F" : "M"},Y_LT${15 + (n % 3)},A${String.fromCodePoint(65 + (n % 26))}`

const notCommas =
  (change: (draft: Draft) => Draft): Pollution["apply"] =>
  (draft) =>
    draft.writing.delimiter === "," || draft.writing.quoting === "all" ? null : change(draft)

const semicolons: Writing = { delimiter: ";", quote: '"', escape: '"', lineEnd: "\n", quoting: "needed" }

/** The header and two of three rows end with a delimiter. */
const partlyEnded = (draft: Draft): Draft => {
  const all = ended(draft)
  return {
    ...all,
    header: draft.header + draft.writing.delimiter,
    rows: all.rows.map((row, n) => (n % 3 === 1 ? draft.rows[n]! : row)),
  }
}

const inDelimiter = (draft: Draft, writing: Writing): Draft => draftOf(draft.table, writing, draft.random)

const word = (cell: string): string => cell.replaceAll(/[\s"]+/g, "_") || "-"

/** Values without spaces, separated by spaces. */
const bySpaces = (draft: Draft): Draft => {
  return draftOf(
    {
      ...draft.table,
      header: draft.table.header.map(word),
      rows: draft.table.rows.map((row) => row.map(word)),
    },
    { ...draft.writing, delimiter: " ", quote: null },
    draft.random,
  )
}

/** Kinds of values, and of delimiters. */
export const valueKinds: ReadonlyArray<Pollution> = [
  {
    name: "dates with commas between other delimiters",
    apply: notCommas((draft) => withFirst(draft, "day", dates)),
  },
  {
    name: "dates with commas between semicolons, most rows end with one",
    apply: (draft) =>
      draft.writing.delimiter === ","
        ? partlyEnded(withFirst(inDelimiter(draft, semicolons), "day", dates))
        : null,
  },
  {
    name: "dimensions with commas between other delimiters",
    apply: notCommas((draft) => withFirst(draft, "unit,sex,age,geo\\time", dimensions)),
  },
  { name: "times in the first column", apply: (draft) => withFirst(draft, "time", times) },
  {
    name: "times in the first column after comments, rows that end with a delimiter",
    apply: (draft) => {
      const timed = ended(withFirst(draft, "time", times))
      return { ...timed, before: ["# Thermostat 1", "# Dates: 2020-01-01, 2020-01-02"], skipped: 2 }
    },
  },
  {
    name: "stray quotes in the first record",
    apply: (draft) => {
      const { delimiter, quote, quoting } = draft.writing
      if (quoting !== "all" || quote === null) return null
      const cells = draft.table.rows[0]!.with(1, `the ${quote}big${quote} one`)
      const written = cells.map((cell, n) =>
        n === 1 ? `${quote}${cell}${quote}` : enclosed(cell, draft.writing),
      )
      return {
        ...draft,
        rows: draft.rows.with(0, written.join(delimiter)),
        meant: draft.table.rows.with(0, cells),
      }
    },
  },
  {
    name: "an empty field too many in some records",
    apply: (draft) => ({
      ...draft,
      rows: draft.rows.map((row, n) => (n % 4 === 0 ? row + draft.writing.delimiter : row)),
    }),
  },
  {
    name: "a first line sep= with a delimiter that is not guessed",
    apply: (draft) =>
      draft.writing.delimiter === ","
        ? { ...inDelimiter(draft, { ...draft.writing, delimiter: "^" }), before: ["sep=^"], skipped: 1 }
        : null,
  },
  {
    name: "spaces between values",
    apply: (draft) => (draft.writing.delimiter === "," ? bySpaces(draft) : null),
  },
]
