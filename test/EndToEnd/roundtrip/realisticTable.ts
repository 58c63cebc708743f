import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import type { Encoding } from "../../../src/Domain/load/Encoding.ts"
import { natural } from "../../Csv/anyTable.ts"
import { type TextTable, type Writing } from "../../Csv/anyWriting.ts"
import { samples } from "../../Csv/encoding/languages.ts"

const two = (n: number): string => String(n % 100).padStart(2, "0")

/** What the cells of a column are, by a random number and the words of a language. */
const kinds: Readonly<Record<string, (n: number, words: ReadonlyArray<string>) => string>> = {
  word: (n, words) => words[n % words.length]!,
  number: (n) => String(n),
  decimal: (n) => `${n}.${two(n * 7)}`,
  "decimal with a comma": (n) => `${n},${two(n * 7)}`,
  date: (n) => `20${two(n)}-${two(1 + (n % 12))}-${two(1 + (n % 28))}`,
  time: (n) => `${two(n % 24)}:${two(n % 60)}:00`,
  nothing: () => "",
}

/** What may stand in a text beside words, each with a word before it and one behind. */
const odd = [", ", "; ", "\t", " | ", ": ", ' "', '" ', " '", "'", "\n", "\r\n", "\\", "#", "  ", ",", ";"]

const oneOf = <A extends string>(values: ReadonlyArray<A>) => Arbitrary.schema(Schema.Literals(values))

const sample = oneOf(samples.map(({ language }) => language))

export interface RealisticTable {
  readonly table: TextTable
  /** Encodings in which its language can be told. */
  readonly encodings: ReadonlyArray<Encoding>
}

/**
 * A table as people make them. The constraints: a header of names; two to eight columns, the first of words of one
 * language, each word of the sample at least once, the others of one kind each, or of sentences; at least so many
 * rows as the sample has words.
 */
export const realisticTable: Arbitrary.Arbitrary<RealisticTable> = Arbitrary.map(
  Arbitrary.all({
    language: sample,
    columns: Arbitrary.array(oneOf([...Object.keys(kinds), "sentence", "sentence"]), {
      minLength: 1,
      maxLength: 7,
    }),
    numbers: Arbitrary.array(natural, { minLength: 1, maxLength: 60 }),
    odds: Arbitrary.array(oneOf(odd), { maxLength: 12 }),
    isNull: Arbitrary.array(Arbitrary.schema(Schema.Literals([true, false, false, false, false]))),
    rows: natural,
  }),
  ({ columns, isNull, language, numbers, odds, rows }) => {
    const { encodings, text } = samples.find((sample) => sample.language === language)!
    const words = text.split(" ")
    const sentence = (n: number): string => {
      const parts = Array.from({ length: 1 + (n % 4) }, (_, part) => words[(n + part) % words.length]!)
      return parts.reduce(
        (text, word, part) => text + (odds[(n + part) % (2 * odds.length + 1)] ?? " ") + word,
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

/** Whether some characters of the table end in a NUL in UTF-16, as ASCII begins with one. */
const hasRoundCodes = ({ rows }: TextTable): boolean =>
  rows.some((row) =>
    row.some(
      (text) => text !== null && Array.from(text).some((character) => character.charCodeAt(0) % 256 === 0),
    ),
  )

const withPoints = ({ header, rows }: TextTable): TextTable => ({
  header,
  rows: rows.map((row) => row.map((text) => text?.replace(/^(\d+),(\d\d)$/, "$1.$2") ?? null)),
})

/**
 * The table with what tells how it is written, where little would: of an escape there is no sign but a quote behind
 * it, single quotes around few cells may as well be apostrophes, and UTF-16 without a mark is told by where its NULs
 * are. With colons between, as times have them within, decimals have points: else their commas tell as much.
 */
export const tellable = (
  { encodings, table: anyTable }: RealisticTable,
  writing: Writing,
): { readonly table: TextTable; readonly writing: Writing } => {
  const { delimiter, encoding, isDoubled, quote } = writing
  const table = delimiter === ":" ? withPoints(anyTable) : anyTable
  const [first = [], ...rest] = table.rows
  const told = encoding.startsWith("utf") ? encoding : encodings[encoding.length % encodings.length]!
  const isEscapeSeen = isDoubled || quote === null
  return {
    writing: {
      ...writing,
      encoding: told,
      hasByteOrderMark: writing.hasByteOrderMark || (told.startsWith("utf-16") && hasRoundCodes(table)),
      areAllQuoted: writing.areAllQuoted || quote === "'",
    },
    table: isEscapeSeen
      ? table
      : { ...table, rows: [[`a ${quote}${first[0]}${quote} and`, ...first.slice(1)], ...rest] },
  }
}
