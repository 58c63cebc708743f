import { type Draft, type MeantRow, plain, type Pollution, somewhere } from "./Draft.ts"
import { cellOf, enclosed, recordOf } from "./writing.ts"

/** More than is looked at first. */
const hugeCell = 80_000

const otherDelimiter = (delimiter: string): string => (delimiter === "," ? ";" : ",")

const longest = (cells: ReadonlyArray<string>): number => {
  const lengths = cells.map((cell) => cell.length)
  return lengths.indexOf(Math.max(...lengths))
}

/** The row with its longest cell meant otherwise. */
const meantCell =
  (change: (text: string, quote: string) => string): MeantRow =>
  (cells, { writing }) => {
    const at = longest(cells)
    return cells.with(at, change(plain(cells[at]!, writing), writing.quote ?? '"'))
  }

/** The row with its longest cell written otherwise. */
const withCell = (
  cells: ReadonlyArray<string>,
  { writing }: Draft,
  write: (text: string) => string,
): string => {
  const at = longest(cells)
  return cells
    .map((cell, index) => (index === at ? write(plain(cell, writing)) : cellOf(cell, writing)))
    .join(writing.delimiter)
}

export const rowPollutions: ReadonlyArray<Pollution> = [
  ...somewhere("has a delimiter more", (_, { writing }, written) => written + writing.delimiter + "x"),
  ...somewhere("has an empty cell more", (_, { writing }, written) => written + writing.delimiter),
  ...somewhere("has a cell less", (cells, { writing }) => recordOf(cells.slice(0, -1), writing)),
  ...somewhere("has one cell", (cells, { writing }) => cellOf(cells[0]!, writing)),
  ...somewhere("has another delimiter", (cells, { writing }) =>
    recordOf(cells, { ...writing, delimiter: otherDelimiter(writing.delimiter) }),
  ),
  ...somewhere(
    "has a quote that is not closed",
    (cells, draft) => withCell(cells, draft, (text) => `${draft.writing.quote ?? '"'}${text}`),
    meantCell((text, quote) => `${quote}${text}`),
  ),
  ...somewhere(
    "has a quote at a cell's end",
    (cells, draft) => withCell(cells, draft, (text) => `${text}${draft.writing.quote ?? '"'}`),
    meantCell((text, quote) => `${text}${quote}`),
  ),
  ...somewhere(
    "has a quote within a cell",
    (cells, draft) =>
      withCell(cells, draft, (text) => `${text.slice(0, 2)}${draft.writing.quote ?? '"'}${text.slice(2)}`),
    meantCell((text, quote) => `${text.slice(0, 2)}${quote}${text.slice(2)}`),
  ),
  ...somewhere("has text behind a closing quote", (cells, draft) =>
    withCell(
      cells,
      draft,
      (text) => `${enclosed(text, { ...draft.writing, quote: draft.writing.quote ?? '"' })} x`,
    ),
  ),
  ...somewhere(
    "has quotes within quotes that are not doubled",
    (cells, draft) => {
      const quote = draft.writing.quote ?? '"'
      return withCell(
        cells,
        draft,
        (text) => `${quote}${text.slice(0, 2)} ${quote}so${quote} ${text.slice(2)}${quote}`,
      )
    },
    meantCell((text, quote) => `${text.slice(0, 2)} ${quote}so${quote} ${text.slice(2)}`),
  ),
  ...somewhere("has a NUL", (cells, draft) =>
    withCell(cells, draft, (text) => `${text.slice(0, 1)}\0${text.slice(1)}`),
  ),
  ...somewhere(
    "is the header again",
    (_, { header }) => header,
    (_, { table }) => table.header,
  ),
  ...somewhere(
    "is blank",
    () => "",
    () => null,
  ),
  ...somewhere(
    "is a line of blanks",
    () => "  ",
    () => null,
  ),
  ...somewhere(
    "is empty cells",
    ({ length }, { writing }) => writing.delimiter.repeat(length - 1),
    (cells) => cells.map(() => ""),
  ),
  ...somewhere(
    "is a huge cell",
    (cells, draft) =>
      draft.writing.quote === null
        ? recordOf(cells, draft.writing)
        : withCell(cells, draft, (text) =>
            enclosed(`${text} and so on `.padEnd(hugeCell, "x, y "), draft.writing),
          ),
    (cells, draft) =>
      draft.writing.quote === null
        ? cells
        : meantCell((text) => `${text} and so on `.padEnd(hugeCell, "x, y "))(cells, draft),
  ),
  {
    name: "a tenth of the rows is ragged",
    apply: (draft) => ({
      ...draft,
      rows: draft.rows.map((row, index) =>
        index % 10 === 5
          ? recordOf(draft.table.rows[index]!.slice(0, -1), draft.writing)
          : index % 20 === 8
            ? `${row}${draft.writing.delimiter}x`
            : row,
      ),
    }),
  },
]
