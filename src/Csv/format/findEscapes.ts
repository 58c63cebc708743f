import { backslash, carriageReturn, doubleQuote, lineFeed, tab } from "../../Bytes/Ascii.ts"
import { CellKind, isTyped } from "../detect/cell/CellKind.ts"
import { usualDelimiters } from "../detect/table/Candidate.ts"
import { cellText, type SampleTable } from "../detect/table/SampleTable.ts"
import { byteOf } from "../record/Dialect.ts"
import type { Sample } from "../record/Sample.ts"
import { EscapesRewriter } from "../rewrite/EscapesRewriter.ts"
import { evenRecords, evenWidth, readAs, rewrittenSample } from "./SampleReading.ts"

/** What backslashes outside quotes mean in a file. */
export type Escapes =
  /** They escape delimiters, line ends and more, and `\N` is NULL. */
  | "all"
  /** A field of `\N` is NULL. Other backslashes are text. */
  | "null"

const nullMark = String.raw`\N`
const capitalN = nullMark.charCodeAt(1)

/** Fields of `\N` that are NULL even in a column of texts, between tabs. */
const enoughMarks = 3
/** Values of a type that show what its column contains. */
const enoughTyped = 2

/** Whether a backslash is directly before one of the bytes. */
const hasEscaped = (bytes: Uint8Array, ...escaped: ReadonlyArray<number>): boolean => {
  for (let at = bytes.indexOf(backslash); at >= 0; at = bytes.indexOf(backslash, at + 2))
    if (escaped.includes(bytes[at + 1] ?? -1)) return true
  return false
}

/** Whether cells in apostrophes, in which backslashes are text, give all records one width. */
const isEvenInApostrophes = (sample: Sample, delimiter: string): boolean => {
  const table = readAs(sample, { delimiter, quote: "'" })
  return table.quoted > 0 && evenWidth(table) > 0
}

/** Whether the records have one width if a backslash escapes delimiters and line ends, and several if it does not. */
const evensOut = (sample: Sample, delimiter: string, givenQuote: string | null | undefined): boolean => {
  const quote = givenQuote === undefined ? '"' : givenQuote
  if (evenWidth(readAs(sample, { delimiter, quote })) > 0) return false
  if (givenQuote === undefined && isEvenInApostrophes(sample, delimiter)) return false
  const rewriter = new EscapesRewriter(byteOf(delimiter), quote === null ? null : byteOf(quote))
  const escaped = rewrittenSample(sample, rewriter)
  const width = evenWidth(
    readAs(escaped, quote === null ? { delimiter, quote: '"' } : { delimiter, quote, escape: "\\" }),
  )
  return width > 1
}

/** The number of fields of `\N`, and whether one is in a column where all other values have a type. */
const marksIn = (table: SampleTable): { readonly marks: number; readonly isAmongTyped: boolean } => {
  const records = evenRecords(table)
  const width = records[0]?.width ?? 0
  let marks = 0
  let isAmongTyped = false
  if (width < 2) return { marks, isAmongTyped }
  for (let column = 0; column < width; column++) {
    let typed = 0
    // The first record may be the header.
    let other = -1
    let inColumn = 0
    for (const { firstCell } of records) {
      const cell = firstCell + column
      const kind = table.kinds[cell]!
      if (isTyped(kind)) typed++
      else if (table.isQuoted[cell] === 0 && cellText(table, cell) === nullMark) inColumn++
      else if (kind !== CellKind.empty) other++
    }
    marks += inColumn
    if (inColumn > 0 && other <= 0 && typed >= enoughTyped) isAmongTyped = true
  }
  return { marks, isAmongTyped }
}

/** What may follow a backslash where it is an escape, besides the delimiter. */
const escapable = new Set(Array.from(String.raw`\Nbfnrtv0."'`, (letter) => letter.charCodeAt(0)))

/** Whether every backslash is before something that is escaped. Paths such as `C:\dir` have others. */
const areEscapes = (bytes: Uint8Array): boolean => {
  for (let at = bytes.indexOf(backslash); at >= 0; at = bytes.indexOf(backslash, at + 2)) {
    const next = bytes[at + 1]
    if (
      next !== undefined &&
      next !== tab &&
      next !== lineFeed &&
      next !== carriageReturn &&
      !escapable.has(next)
    )
      return false
  }
  return true
}

const marksNull = (sample: Sample, delimiter: string): boolean => {
  const dialect = { delimiter, quote: '"' }
  const escaped = hasEscaped(sample.bytes, doubleQuote) ? { ...dialect, escape: "\\" } : dialect
  const { isAmongTyped, marks } = marksIn(readAs(sample, escaped))
  // Hive writes control characters, and Postgres and MySQL write tabs.
  const enough = delimiter === "\t" ? enoughMarks : usualDelimiters.includes(delimiter) ? Infinity : 1
  return isAmongTyped || marks >= enough
}

/**
 * Whether backslashes outside quotes are escapes: a file has one number of fields only with them, or fields of `\N` are
 * where all other values of a column are numbers or dates. `null` if they are text.
 *
 * @param delimiter the delimiter, if it is known
 * @param quote the quote, if it is given
 */
export const findEscapes = (
  sample: Sample,
  delimiter: string | undefined,
  quote: string | null | undefined,
): Escapes | null => {
  const { bytes } = sample
  if (!bytes.includes(backslash)) return null
  const delimiters = delimiter === undefined ? usualDelimiters : [delimiter]
  const mayEscape = delimiters.filter((one) => hasEscaped(bytes, byteOf(one), lineFeed, carriageReturn))
  if (mayEscape.some((one) => evensOut(sample, one, quote))) return "all"
  if (!hasEscaped(bytes, capitalN)) return null
  const marked = delimiters.find((one) => bytes.includes(byteOf(one)) && marksNull(sample, one))
  if (marked === undefined) return null
  // MySQL's and Postgres's own text format have tabs, and escape whatever needs it.
  return marked === "\t" && areEscapes(bytes) ? "all" : "null"
}
