import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import type { CsvOptions } from "../../src/Domain/load/CsvOptions.ts"
import { type Encoding, encodings } from "../../src/Domain/load/Encoding.ts"
import { encodeText, repertoire } from "./encoding/encodeText.ts"

/** How a file is written. */
export interface Writing {
  readonly delimiter: string
  readonly quote: string | null
  /** Inside quotes a quote is doubled, or else stands behind a backslash, as a backslash does. */
  readonly isDoubled: boolean
  readonly encoding: Encoding
  /** One record after another ends with these, over and over. */
  readonly lineEndings: ReadonlyArray<string>
  readonly hasLastLineEnding: boolean
  /** Of the Unicode encodings; others have none. */
  readonly hasByteOrderMark: boolean
  readonly areAllQuoted: boolean
}

const anyOf = <const A extends ReadonlyArray<string | boolean>>(values: A) =>
  Arbitrary.schema(Schema.Literals(values))

const lineEnding = anyOf(["\n", "\r\n", "\r"])

/** One kind, or any mixture that begins with a CRLF: in a file without one, a CR between LFs might be text. */
const lineEndings = Arbitrary.map(
  Arbitrary.all({ first: lineEnding, others: Arbitrary.array(lineEnding, { maxLength: 3 }) }),
  ({ first, others }) => (first === "\r\n" ? [first, ...others] : [first]),
)

/** Any dialect of the set, in any encoding. */
export const anyWriting: Arbitrary.Arbitrary<Writing> = Arbitrary.all({
  delimiter: anyOf([",", ";", "\t", "|", ":"]),
  quote: Arbitrary.schema(Schema.NullOr(Schema.Literals(['"', "'"]))),
  isDoubled: anyOf([true, false]),
  encoding: anyOf(encodings),
  lineEndings,
  hasLastLineEnding: anyOf([true, false]),
  hasByteOrderMark: anyOf([true, false]),
  areAllQuoted: anyOf([true, false, false]),
})

/** Texts, and NULL. */
export interface TextTable {
  readonly header: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string | null>>
}

const isUnicode = (encoding: Encoding): boolean => encoding.startsWith("utf")
const escapeOf = ({ isDoubled, quote }: Writing): string =>
  isDoubled || quote === null ? (quote ?? '"') : "\\"

/** What is to be said of a file for all of it to be said. */
export const optionsOf = (writing: Writing): CsvOptions => ({
  delimiter: writing.delimiter,
  quote: writing.quote,
  escape: escapeOf(writing),
  encoding: writing.encoding,
  header: true,
  skipLines: 0,
  comment: null,
})

const lettersOf = (encoding: Encoding): ReadonlyArray<string> =>
  [...repertoire(encoding).keys()].filter((letter) => letter > "\x7f")

/** The text with letters of the encoding in the place of those it does not have. */
const inRepertoire = (text: string, encoding: Encoding, letters: ReadonlyArray<string>): string => {
  const known = repertoire(encoding)
  return Array.from(text, (character, index) =>
    known.has(character) || (encoding === "gb18030" && character > "\uffff")
      ? character
      : letters[(character.codePointAt(0)! * 31 + index * 7919) % letters.length]!,
  ).join("")
}

/** The table as it can be written so: of other letters, and, without quotes, free of what would need them. */
export const writable = ({ header, rows }: TextTable, writing: Writing): TextTable => {
  const { delimiter, encoding, quote } = writing
  const letters = isUnicode(encoding) ? [] : lettersOf(encoding)
  const possible = (text: string): string => {
    const known = isUnicode(encoding) ? text : inRepertoire(text, encoding, letters)
    return quote === null
      ? known.replaceAll("\r", "_").replaceAll("\n", "_").replaceAll(delimiter, "_")
      : known
  }
  const value = (text: string | null): string | null => {
    const written = text === null ? null : possible(text)
    return quote === null && written === "" ? null : written
  }
  return {
    // Without quotes an empty line would be none, and a mark at the start would be a byte order mark.
    header: header.map(possible).map((cell) => (quote === null ? `h${cell}` : cell)),
    rows: rows.map((row) => row.map(value)),
  }
}

const quoted = (text: string, quote: string, escape: string): string => {
  const escaped = escape === quote ? text : text.replaceAll(escape, escape + escape)
  return quote + escaped.replaceAll(quote, escape + quote) + quote
}

const fieldOf = (text: string | null, writing: Writing): string => {
  const { areAllQuoted, delimiter, quote } = writing
  if (text === null) return ""
  if (quote === null) return text
  const needsQuotes =
    text === "" || text.includes(delimiter) || text.includes(quote) || /^[ \ufeff]|[\r\n]/.test(text)
  return areAllQuoted || needsQuotes ? quoted(text, quote, escapeOf(writing)) : text
}

/** The bytes of a table that is writable so. */
export const fileOfTable = ({ header, rows }: TextTable, writing: Writing): Uint8Array => {
  const { encoding, hasByteOrderMark, hasLastLineEnding } = writing
  const records = [header, ...rows].map((record) =>
    record.map((text) => fieldOf(text, writing)).join(writing.delimiter),
  )
  // Where a blank line is a record, a CR and an LF of two such lines would be taken for one CRLF.
  const lineEndings = header.length === 1 ? writing.lineEndings.slice(0, 1) : writing.lineEndings
  // A last NULL of a one-column table is seen only if its line ends.
  const isOpenEnded = !hasLastLineEnding && records.at(-1) !== ""
  const text = records.map(
    (record, n) =>
      record + (isOpenEnded && n === records.length - 1 ? "" : lineEndings[n % lineEndings.length]!),
  )
  return encodeText((hasByteOrderMark && isUnicode(encoding) ? "\ufeff" : "") + text.join(""), encoding)
}
