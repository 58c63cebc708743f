import {
  type Draft,
  draftOf,
  middle,
  plain,
  type Pollution,
  withColumn,
  withRow,
} from "../pollution/Draft.ts"
import { cellOf, enclosed, recordOf, type Writing } from "../pollution/writing.ts"

/** A column of plain texts, in which one of `every` rows is as written. */
const withText = (
  draft: Draft,
  at: number,
  { every, text, written }: { readonly every: number; readonly text: string; readonly written: string },
): Draft => {
  const wide = withColumn(draft, at, "said", "nothing")
  const isOdd = (n: number): boolean => n % every === every - 1
  const cell = (cells: ReadonlyArray<string>, n: number): string =>
    cells
      .map((text, index) => (index === at && isOdd(n) ? written : cellOf(text, draft.writing)))
      .join(draft.writing.delimiter)
  return {
    ...wide,
    rows: wide.table.rows.map(cell),
    meant: wide.table.rows.map((row, n) =>
      row.map((value, index) => (index === at && isOdd(n) ? text : value)),
    ),
  }
}

const isOneInEight = (n: number): boolean => n % 8 === 1

const quoteOf = ({ quote }: Writing): string | null => (quote === "'" ? null : quote)

const undoubled = (name: string, at: (draft: Draft) => number, text: string): Pollution => ({
  name,
  apply: (draft) =>
    quoteOf(draft.writing) === null
      ? null
      : withText(draft, at(draft), { every: 3, text, written: `"${text}"` }),
})

const first = () => 0
const inside = () => 1
const last = ({ table }: Draft): number => table.header.length

const huge = (name: string, size: number, place: (rows: number) => number): Pollution => ({
  name,
  apply: (draft) => {
    const { quote } = draft.writing
    if (quote === null || draft.rows.length > 4) return null
    const text = "long, long; and so on: ".repeat(size / 22)
    const at = place(draft.rows.length)
    const row = draft.table.rows[at]!.with(draft.table.header.length - 1, text)
    return {
      ...withRow(draft, place, () =>
        [...row.slice(0, -1).map((cell) => cellOf(cell, draft.writing)), enclosed(text, draft.writing)].join(
          draft.writing.delimiter,
        ),
      ),
      meant: draft.table.rows.with(at, row),
    }
  },
})

/** What stands directly behind the last line end, without one of its own. */
const tail = (name: string, text: string): Pollution => ({
  name,
  apply: (draft) => ({
    ...draft,
    writing: { ...draft.writing, ending: text },
  }),
})

/** Oddities of the world beside those that spoil a dialect. */
export const oddities: ReadonlyArray<Pollution> = [
  undoubled("quotes within first fields not doubled, nothing else quoted", first, 'He said "hi" to me'),
  undoubled("quotes within fields not doubled, nothing else quoted", inside, 'He said "hi" to me'),
  undoubled("quotes within last fields not doubled, nothing else quoted", last, 'He said "hi" to me'),
  undoubled("quotes and delimiters within fields not doubled", inside, 'He, "the one", said; so|it\tis: x'),
  huge("a first row larger than the sample", 1_200_000, () => 0),
  huge("a second row larger than the sample", 1_200_000, () => 1),
  huge("a row larger than the first look", 100_000, () => 1),
  tail("a Ctrl-Z at the end", "\u001a"),
  tail("NULs at the end", "\0".repeat(300)),
  {
    name: "the last row cut within quotes",
    apply: (draft) => {
      const { delimiter, quote } = draft.writing
      if (quote === null) return null
      const row = draft.table.rows.at(-1)!.slice(0, -1)
      const cells = row.map((cell) => cellOf(cell, draft.writing))
      return {
        ...draft,
        rows: draft.rows.with(draft.rows.length - 1, `${[...cells, ""].join(delimiter)}${quote}and then`),
        writing: { ...draft.writing, ending: null },
      }
    },
  },
  {
    name: "a file behind the file, with its mark",
    apply: (draft) => ({
      ...draft,
      rows: [...draft.rows, `\ufeff${draft.header}`, ...draft.rows],
      meant: [
        ...draft.table.rows,
        draft.table.header.map((name, n) => (n === 0 ? `\ufeff${name}` : name)),
        ...draft.table.rows,
      ],
    }),
  },
  {
    name: "CR CR LF",
    apply: (draft) =>
      draft.writing.lineEnd === "\n" ? { ...draft, writing: { ...draft.writing, lineEnd: "\r\r\n" } } : null,
  },
  {
    name: "most rows with a surplus delimiter",
    apply: (draft) => ({
      ...draft,
      cells: [...draft.cells, ""],
      rows: draft.rows.map((row, n) => (n % 5 === 4 ? row : row + draft.writing.delimiter)),
    }),
  },
  {
    name: "a footer behind a surplus delimiter in every row",
    apply: (draft) => ({
      ...draft,
      rows: draft.rows.map((row) => row + draft.writing.delimiter),
      cells: [...draft.cells, ""],
      after: [`Total${draft.writing.delimiter}${draft.rows.length}`],
    }),
  },
  {
    name: "quotes doubled here and behind a backslash there",
    apply: (draft) => {
      const { quote } = draft.writing
      if (quote === null) return null
      const text = `the ${quote}so called${quote} one, here`
      const wide = withText(draft, 1, {
        every: 4,
        text,
        written: enclosed(text, { ...draft.writing, escape: quote }),
      })
      const other = withText(draft, 1, {
        every: 1,
        text,
        written: enclosed(text, { ...draft.writing, escape: "\\" }),
      })
      return {
        ...wide,
        rows: wide.rows.map((row, n) => (isOneInEight(n) ? other.rows[n]! : row)),
        meant: wide.meant!.map((row, n) => (isOneInEight(n) ? other.meant![n]! : row)),
      }
    },
  },
  {
    name: "quotes of one kind with the other inside",
    apply: (draft) =>
      draft.writing.quote === null ? null : withColumn(draft, 1, "said", `the boy's "dog", "cat" and 'cow'`),
  },
  {
    name: "a blank behind every delimiter",
    apply: (draft) => {
      const { delimiter, quoting } = draft.writing
      if (quoting === "all") return null
      const spaced = { ...draft.writing, delimiter: `${delimiter} ` }
      const row = (cells: ReadonlyArray<string>) =>
        cells.map((cell) => cellOf(plain(cell, draft.writing), spaced))
      const blanked = (cells: ReadonlyArray<string>) => cells.map((cell) => plain(cell, draft.writing))
      return {
        ...draft,
        header: draft.table.header.join(spaced.delimiter),
        rows: draft.table.rows.map((cells) => row(cells).join(spaced.delimiter)),
        cells: blanked(draft.table.header),
        meant: draft.table.rows.map(blanked),
      }
    },
  },
  ...[
    "\f",
    "\v",
    "\u2028",
    "\u0085",
    "\u00a0",
    "\\N",
    "<b>x</b>",
    '<a href="x,y">z;w</a>',
    '5" x 3"',
    '{"a":[1,2]}',
  ].map((text): Pollution => ({
    name: `cells with ${JSON.stringify(text)}`,
    apply: (draft) =>
      draft.writing.quote === null && /["|]/.test(text)
        ? null
        : withColumn(draft, 1, "more", `some${text}text`),
  })),
  {
    name: "inches in unquoted cells",
    apply: (draft) => {
      if (draft.writing.quoting === "all" || quoteOf(draft.writing) === null) return null
      return withText(draft, 1, { every: 3, text: '15" wide', written: '15" wide' })
    },
  },
  {
    name: "inches at cells' ends",
    apply: (draft) => {
      if (draft.writing.quoting === "all" || quoteOf(draft.writing) === null) return null
      return withText(draft, 1, { every: 2, text: '15"', written: '15"' })
    },
  },
  {
    name: "a header of two lines",
    apply: (draft) => ({
      ...draft,
      rows: [
        recordOf(
          draft.table.header.map((name) => `${name} (raw)`),
          draft.writing,
        ),
        ...draft.rows,
      ],
      meant: [draft.table.header.map((name) => `${name} (raw)`), ...draft.table.rows],
    }),
  },
  {
    name: "a row with quotes around it all and its own doubled",
    apply: (draft) =>
      draft.writing.quote === null || draft.writing.quoting === "needed"
        ? null
        : withRow(draft, middle, (_, { writing }, written) => enclosed(written, writing)),
  },
  {
    name: "every row in quotes as a whole",
    apply: (draft) =>
      draft.writing.quote === null || draft.writing.quoting === "all"
        ? null
        : {
            ...draft,
            header: enclosed(draft.header, draft.writing),
            rows: draft.rows.map((row) => enclosed(row, draft.writing)),
          },
  },
  {
    name: "the text of a column all in quotes, the names not",
    apply: (draft) =>
      draft.writing.quote === null || draft.writing.quoting === "all"
        ? null
        : {
            ...draft,
            rows: draft.table.rows.map((row) => recordOf(row, { ...draft.writing, quoting: "all" })),
          },
  },
  {
    name: "another table of the same width behind a blank line",
    apply: (draft) => ({
      ...draft,
      after: [
        "",
        recordOf(
          draft.table.header.map((name) => `other ${name}`),
          draft.writing,
        ),
        draft.rows[0]!,
      ],
    }),
  },
  {
    name: "all cells text, no header",
    apply: (draft) => {
      const words = draft.table.rows.map((row) =>
        row.map((cell) => plain(cell.replaceAll(/\d/g, "x"), draft.writing)),
      )
      const made = draftOf(
        { ...draft.table, header: words[0]!, rows: words.slice(1) },
        draft.writing,
        draft.random,
      )
      return made
    },
  },
]
