import { type Draft, plain, type Pollution, somewhere } from "./Draft.ts"
import { cellOf, enclosed, recordOf } from "./writing.ts"

/** More than is looked at first. */
const hugeCell = 80_000

const otherDelimiter = (delimiter: string): string => (delimiter === "," ? ";" : ",")

/** The row with its n-th cell, the longest, written otherwise. */
const withCell = (
  cells: ReadonlyArray<string>,
  { writing }: Draft,
  write: (text: string) => string,
): string => {
  const lengths = cells.map((cell) => cell.length)
  const at = lengths.indexOf(Math.max(...lengths))
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
  ...somewhere("has a quote that is not closed", (cells, draft) =>
    withCell(cells, draft, (text) => `${draft.writing.quote ?? '"'}${text}`),
  ),
  ...somewhere("has a quote at a cell's end", (cells, draft) =>
    withCell(cells, draft, (text) => `${text}${draft.writing.quote ?? '"'}`),
  ),
  ...somewhere("has a quote within a cell", (cells, draft) =>
    withCell(cells, draft, (text) => `${text.slice(0, 2)}${draft.writing.quote ?? '"'}${text.slice(2)}`),
  ),
  ...somewhere("has text behind a closing quote", (cells, draft) =>
    withCell(
      cells,
      draft,
      (text) => `${enclosed(text, { ...draft.writing, quote: draft.writing.quote ?? '"' })} x`,
    ),
  ),
  ...somewhere("has quotes within quotes that are not doubled", (cells, draft) => {
    const quote = draft.writing.quote ?? '"'
    return withCell(
      cells,
      draft,
      (text) => `${quote}${text.slice(0, 2)} ${quote}so${quote} ${text.slice(2)}${quote}`,
    )
  }),
  ...somewhere("has a NUL", (cells, draft) =>
    withCell(cells, draft, (text) => `${text.slice(0, 1)}\0${text.slice(1)}`),
  ),
  ...somewhere("is the header again", (_, { header }) => header),
  ...somewhere("is blank", () => ""),
  ...somewhere("is a line of blanks", () => "  "),
  ...somewhere("is empty cells", ({ length }, { writing }) => writing.delimiter.repeat(length - 1)),
  ...somewhere("is a huge cell", (cells, draft) =>
    draft.writing.quote === null
      ? recordOf(cells, draft.writing)
      : withCell(cells, draft, (text) =>
          enclosed(`${text} and so on `.padEnd(hugeCell, "x, y "), draft.writing),
        ),
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
