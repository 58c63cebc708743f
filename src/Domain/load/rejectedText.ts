import type { Findings } from "./Findings.ts"
import { longestRaw, type Reject } from "./Reject.ts"

type Dialect = Findings["dialect"]

const endings = { lf: "\n", crlf: "\r\n", cr: "\r", mixed: "\n" } as const

const endingOf = ({ lineEnding }: Dialect): string => endings[lineEnding ?? "lf"]

/** A cell as the dialect writes it: in quotes if it could be read as anything else without them. */
const cellText = ({ comment, delimiter, escape, quote }: Dialect, cell: string): string => {
  if (quote === null) return cell
  const isPlain =
    !/[\r\n]|^\s|\s$|^$/.test(cell) &&
    ![delimiter, quote].some((mark) => mark !== null && cell.includes(mark)) &&
    (comment === null || !cell.startsWith(comment))
  if (isPlain) return cell
  const escaped = escape === quote ? cell : cell.replaceAll(escape, escape + escape)
  return quote + escaped.replaceAll(quote, escape + quote) + quote
}

/** The line of a file's header, with its ending. A header of several records is one; a file without a header has no line. */
export const headerText = (dialect: Dialect, header: ReadonlyArray<string>): string =>
  header.length === 0
    ? ""
    : header.map((cell) => cellText(dialect, cell)).join(dialect.delimiter ?? "") + endingOf(dialect)

const encoder = new TextEncoder()

/** Whether all of the record's text has been kept. `KeptTable` has the same rule in SQL. */
const isWhole = ({ raw, rawBytes }: Reject): boolean => {
  const { length } = encoder.encode(raw)
  return length >= rawBytes && length <= longestWhole
}

/** Longest text of a record that is known to be whole: a longer one may have been cut before a character. */
export const longestWhole = longestRaw - 4

/** The records as they are in the file, each with a line ending, without those that were not kept whole. */
export const recordsText = (dialect: Dialect, rejects: ReadonlyArray<Reject>): string =>
  rejects
    .filter(isWhole)
    .map(({ raw }) => raw + endingOf(dialect))
    .join("")
