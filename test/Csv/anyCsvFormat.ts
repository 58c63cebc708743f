import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import type { CsvOptions } from "../../src/Domain/load/options/CsvOptions.ts"
import { type Encoding, encodings } from "../../src/Domain/load/Encoding.ts"
import { encodeText, repertoire } from "./encoding/encodeText.ts"

/** The format of a file. */
export interface CsvFormat {
  readonly delimiter: string
  readonly quote: string | null
  /** Whether quotes are doubled; otherwise a backslash escapes quotes and backslashes. */
  readonly isDoubled: boolean
  readonly encoding: Encoding
  /** Line endings of the records, repeated in this order. */
  readonly lineEndings: ReadonlyArray<string>
  readonly hasLastLineEnding: boolean
  /** Only Unicode encodings have one. */
  readonly hasByteOrderMark: boolean
  readonly areAllQuoted: boolean
}

const anyOf = <const A extends ReadonlyArray<string | boolean>>(values: A) =>
  Arbitrary.schema(Schema.Literals(values))

const lineEnding = anyOf(["\n", "\r\n", "\r"])

/** One kind, or a mixture that starts with CRLF: otherwise a CR between LFs could be text. */
const lineEndings = Arbitrary.map(
  Arbitrary.all({ first: lineEnding, others: Arbitrary.array(lineEnding, { maxLength: 3 }) }),
  ({ first, others }) => (first === "\r\n" ? [first, ...others] : [first]),
)

/** Any supported dialect, in any encoding. */
export const anyCsvFormat: Arbitrary.Arbitrary<CsvFormat> = Arbitrary.all({
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
const escapeOf = ({ isDoubled, quote }: CsvFormat): string =>
  isDoubled || quote === null ? (quote ?? '"') : "\\"

/** The options that specify the whole format. */
export const optionsOf = (format: CsvFormat): CsvOptions => ({
  delimiter: format.delimiter,
  quote: format.quote,
  escape: escapeOf(format),
  encoding: format.encoding,
  header: true,
  skipLines: 0,
  skipFooter: 0,
  comment: null,
})

const lettersOf = (encoding: Encoding): ReadonlyArray<string> =>
  [...repertoire(encoding).keys()].filter((letter) => letter > "\x7f")

/** Replaces letters that the encoding does not have. */
const inRepertoire = (text: string, encoding: Encoding, letters: ReadonlyArray<string>): string => {
  const known = repertoire(encoding)
  return Array.from(text, (character, index) =>
    known.has(character) || (encoding === "gb18030" && character > "\uffff")
      ? character
      : letters[(character.codePointAt(0)! * 31 + index * 7919) % letters.length]!,
  ).join("")
}

/** Changes the table so that it can be written in this format: other letters, and nothing that needs quotes if there are none. */
export const writable = ({ header, rows }: TextTable, format: CsvFormat): TextTable => {
  const { delimiter, encoding, quote } = format
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
    // Without quotes, an empty header would be a blank line, and U+FEFF at the start a byte order mark.
    header: header.map(possible).map((cell) => (quote === null ? `h${cell}` : cell)),
    rows: rows.map((row) => row.map(value)),
  }
}

const quoted = (text: string, quote: string, escape: string): string => {
  const escaped = escape === quote ? text : text.replaceAll(escape, escape + escape)
  return quote + escaped.replaceAll(quote, escape + quote) + quote
}

const fieldOf = (text: string | null, format: CsvFormat): string => {
  const { areAllQuoted, delimiter, quote } = format
  if (text === null) return ""
  if (quote === null) return text
  // Outside of quotes, a backslash escapes too.
  const isEscape = escapeOf(format) === "\\" && text.includes("\\")
  const needsQuotes =
    isEscape ||
    text === "" ||
    text.includes(delimiter) ||
    text.includes(quote) ||
    /^[ \ufeff]|[\r\n]/.test(text)
  return areAllQuoted || needsQuotes ? quoted(text, quote, escapeOf(format)) : text
}

/** The bytes of a table that is writable in this format. */
export const fileOfTable = ({ header, rows }: TextTable, format: CsvFormat): Uint8Array => {
  const { encoding, hasByteOrderMark, hasLastLineEnding } = format
  const records = [header, ...rows].map((record) =>
    record.map((text) => fieldOf(text, format)).join(format.delimiter),
  )
  // If blank lines are records, the CR and LF of two of them would be one CRLF.
  const lineEndings = header.length === 1 ? format.lineEndings.slice(0, 1) : format.lineEndings
  // In a table of one column, a NULL in the last line needs a line ending.
  const isOpenEnded = !hasLastLineEnding && records.at(-1) !== ""
  const text = records.map(
    (record, n) =>
      record + (isOpenEnded && n === records.length - 1 ? "" : lineEndings[n % lineEndings.length]!),
  )
  return encodeText((hasByteOrderMark && isUnicode(encoding) ? "\ufeff" : "") + text.join(""), encoding)
}
