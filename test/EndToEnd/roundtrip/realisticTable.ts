import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import type { Encoding } from "../../../src/Domain/load/Encoding.ts"
import { natural } from "../../Csv/anyTable.ts"
import { type TextTable, type CsvFormat } from "../../Csv/anyCsvFormat.ts"
import { samples } from "../../Csv/encoding/languages.ts"

const two = (n: number): string => String(n % 100).padStart(2, "0")

/** Kinds of columns: each makes a cell from a random number and the words of a language. */
const kinds: Readonly<Record<string, (n: number, words: ReadonlyArray<string>) => string>> = {
  word: (n, words) => words[n % words.length]!,
  number: (n) => String(n),
  decimal: (n) => `${n}.${two(n * 7)}`,
  "decimal with a comma": (n) => `${n},${two(n * 7)}`,
  date: (n) => `20${two(n)}-${two(1 + (n % 12))}-${two(1 + (n % 28))}`,
  time: (n) => `${two(n % 24)}:${two(n % 60)}:00`,
  nothing: () => "",
}

/** Separators between the words of a sentence. */
const separators = [
  ", ",
  "; ",
  "\t",
  " | ",
  ": ",
  ' "',
  '" ',
  " '",
  "'",
  "\n",
  "\r\n",
  "\\",
  "#",
  "  ",
  ",",
  ";",
]

const oneOf = <A extends string>(values: ReadonlyArray<A>) => Arbitrary.schema(Schema.Literals(values))

const sample = oneOf(samples.map(({ language }) => language))

export interface RealisticTable {
  readonly table: TextTable
  /** Encodings in which its language can be detected. */
  readonly encodings: ReadonlyArray<Encoding>
}

/**
 * A table like those that people publish. It has a header of names and two to eight columns. The first column has every
 * word of the language's sample at least once. Each other column has cells of one kind, or sentences.
 */
export const realisticTable: Arbitrary.Arbitrary<RealisticTable> = Arbitrary.map(
  Arbitrary.all({
    language: sample,
    columns: Arbitrary.array(oneOf([...Object.keys(kinds), "sentence", "sentence"]), {
      minLength: 1,
      maxLength: 7,
    }),
    numbers: Arbitrary.array(natural, { minLength: 1, maxLength: 60 }),
    gaps: Arbitrary.array(oneOf(separators), { maxLength: 12 }),
    isNull: Arbitrary.array(Arbitrary.schema(Schema.Literals([true, false, false, false, false]))),
    rows: natural,
  }),
  ({ columns, isNull, language, numbers, gaps, rows }) => {
    const { encodings, text } = samples.find((sample) => sample.language === language)!
    const words = text.split(" ")
    const sentence = (n: number): string => {
      const parts = Array.from({ length: 1 + (n % 4) }, (_, part) => words[(n + part) % words.length]!)
      return parts.reduce(
        (text, word, part) => text + (gaps[(n + part) % (2 * gaps.length + 1)] ?? " ") + word,
      )
    }
    const cell = (row: number, column: number): string | null => {
      const at = row * columns.length + column
      if (isNull[at % (isNull.length + 1)] === true) return null
      const n = numbers[at % numbers.length]! + row
      const kind = columns[column]!
      const value = kind === "sentence" ? sentence(n) : kinds[kind]!(n, words)
      return value === "" ? null : value
    }
    return {
      encodings,
      table: {
        header: ["name", ...columns.map((kind, n) => `${kind} ${n}`)],
        rows: Array.from({ length: words.length + (rows % 40) }, (_, row) => [
          words[row % words.length]!,
          ...columns.map((_, column) => cell(row, column)),
        ]),
      },
    }
  },
)

/** Whether a character of the table has a zero low byte in UTF-16, where ASCII has a zero high byte. */
const hasZeroLowByte = ({ rows }: TextTable): boolean =>
  rows.some((row) =>
    row.some(
      (text) => text !== null && Array.from(text).some((character) => character.charCodeAt(0) % 256 === 0),
    ),
  )

const withDecimalPoints = ({ header, rows }: TextTable): TextTable => ({
  header,
  rows: rows.map((row) => row.map((text) => text?.replace(/^(\d+),(\d\d)$/, "$1.$2") ?? null)),
})

/**
 * Changes the table and its format where the format could not be detected:
 * - An escape is only visible before a quote, so the first cell gets quotes.
 * - A few single quotes could be apostrophes, so all cells are quoted.
 * - UTF-16 without a byte order mark is known from its zero bytes, so a table with zero low bytes gets a mark.
 * - With the delimiter `:`, decimal commas would look like delimiters, so decimals have points.
 */
export const detectable = (
  { encodings, table: anyTable }: RealisticTable,
  format: CsvFormat,
): { readonly table: TextTable; readonly format: CsvFormat } => {
  const { delimiter, encoding, isDoubled, quote } = format
  const table = delimiter === ":" ? withDecimalPoints(anyTable) : anyTable
  const [first = [], ...rest] = table.rows
  const detectableEncoding = encoding.startsWith("utf")
    ? encoding
    : encodings[encoding.length % encodings.length]!
  const needsNoEscape = isDoubled || quote === null
  return {
    format: {
      ...format,
      encoding: detectableEncoding,
      hasByteOrderMark:
        format.hasByteOrderMark || (detectableEncoding.startsWith("utf-16") && hasZeroLowByte(table)),
      areAllQuoted: format.areAllQuoted || quote === "'",
    },
    table: needsNoEscape
      ? table
      : { ...table, rows: [[`a ${quote}${first[0]}${quote} and`, ...first.slice(1)], ...rest] },
  }
}
