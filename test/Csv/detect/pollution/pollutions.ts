import { columnPollutions } from "./columnPollutions.ts"
import type { Pollution } from "./Draft.ts"
import { endings } from "./endings.ts"
import { preambles } from "./preambles.ts"
import { rowPollutions } from "./rowPollutions.ts"
import { wholePollutions } from "./wholePollutions.ts"

const lineEnds: ReadonlyArray<Pollution> = [
  {
    name: "CRLF in the second half",
    apply: (draft) =>
      draft.writing.lineEnd === "\n"
        ? { ...draft, rows: draft.rows.map((row, n) => (n > draft.rows.length / 2 ? `${row}\r` : row)) }
        : null,
  },
  {
    name: "LF and CRLF mixed",
    apply: (draft) =>
      draft.writing.lineEnd === "\n"
        ? {
            ...draft,
            header: `${draft.header}\r`,
            rows: draft.rows.map((row, n) => (n % 3 === 1 ? `${row}\r` : row)),
          }
        : null,
  },
  {
    name: "blank lines between all rows",
    apply: (draft) => ({ ...draft, rows: draft.rows.flatMap((row) => [row, ""]) }),
  },
  {
    name: "comments among the rows",
    apply: (draft) => ({
      ...draft,
      rows: draft.rows.flatMap((row, n) => (n % 7 === 2 ? ["# a note, by hand", row] : [row])),
    }),
  },
]

/** Leaves the file as it is. */
export const clean: Pollution = { name: "nothing", apply: (draft) => draft }

/** All ways to spoil a file. */
export const pollutions: ReadonlyArray<Pollution> = [
  clean,
  ...preambles,
  ...endings,
  ...rowPollutions,
  ...columnPollutions,
  ...wholePollutions,
  ...lineEnds,
]

/** Those that leave a table of one column what it is. */
export const pollutionsOfOneColumn: ReadonlyArray<Pollution> = pollutions.filter(
  ({ name }) =>
    /^nothing$|comments? before|blank|stray sign|is the header again|count of rows|not closed|NUL|cell's end|within a cell|huge|CRLF|no header|over and over/.test(
      name,
    ) && !/titles|keys|prose|padded/.test(name),
)
