import type { Draft, Pollution } from "./Draft.ts"
import { recordOf } from "./writing.ts"

const below = (draft: Draft, before: ReadonlyArray<string>): Draft => ({
  ...draft,
  before,
  skipped: before.length,
})

const titles = [
  "Report of the office",
  "Created on 2020-01-02 10:20",
  "All numbers in thousands",
  "Version 2",
  "For internal use only",
]
const facts = [
  ["Station", "Prague"],
  ["Operator", "J. Doe"],
  ["Interval", "10"],
  ["Date", "2020-01-02"],
  ["Unit", "mm"],
] as const
export const prose = [
  "Source: the office of statistics, and others.",
  "Numbers are, as ever, preliminary; they may change.",
  "See the notes, page 7",
]
const counts = [1, 2, 3, 5]

export const preambles: ReadonlyArray<Pollution> = [
  ...counts.flatMap((count): ReadonlyArray<Pollution> => [
    { name: `${count} lines of titles`, apply: (draft) => below(draft, titles.slice(0, count)) },
    {
      name: `${count} lines of titles and a blank line`,
      apply: (draft) => below(draft, [...titles.slice(0, count), ""]),
    },
    {
      name: `${count} lines of keys and values`,
      apply: (draft) =>
        draft.table.header.length === 2
          ? null
          : below(
              draft,
              facts.slice(0, count).map((fact) => recordOf(fact, draft.writing)),
            ),
    },
    {
      name: `${count} lines of keys and values and a blank line`,
      apply: (draft) =>
        below(draft, [...facts.slice(0, count).map((fact) => recordOf(fact, draft.writing)), ""]),
    },
    {
      name: `${count} titles padded with delimiters`,
      apply: (draft) =>
        draft.table.header.length === 2
          ? null
          : below(
              draft,
              titles
                .slice(0, count)
                .map((title) => title + draft.writing.delimiter.repeat(draft.table.header.length - 1)),
            ),
    },
    {
      name: `${count} comments before the header`,
      apply: (draft) =>
        below(
          draft,
          titles.slice(0, count).map((title) => `# ${title}`),
        ),
    },
    {
      name: `${count} blank lines before the header`,
      apply: (draft) =>
        below(
          draft,
          Array.from({ length: count }, () => ""),
        ),
    },
  ]),
  { name: "prose and a blank line before the header", apply: (draft) => below(draft, [...prose, ""]) },
  { name: "prose before the header", apply: (draft) => below(draft, prose) },
  {
    name: "comments full of delimiters",
    apply: (draft) => {
      const { delimiter } = draft.writing
      return below(draft, [`# a${delimiter}b${delimiter}c`, `#made by${delimiter}hand`])
    },
  },
  { name: "a line of blanks before the header", apply: (draft) => below(draft, ["   "]) },
  {
    name: "a line of delimiters before the header",
    apply: (draft) =>
      draft.table.header.length === 2
        ? null
        : below(draft, [draft.writing.delimiter.repeat(draft.table.header.length - 1)]),
  },
  {
    name: "Excel's line",
    apply: (draft) =>
      draft.writing.delimiter === ":" ? null : below(draft, [`sep=${draft.writing.delimiter}`]),
  },
]
