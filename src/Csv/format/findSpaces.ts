import { hash } from "../../Bytes/Ascii.ts"
import { CellKind } from "../detect/cell/CellKind.ts"
import { cellText, type SampleRecord, type SampleTable } from "../detect/table/SampleTable.ts"
import type { Sample } from "../record/Sample.ts"
import { DelimiterRewriter } from "../rewrite/DelimiterRewriter.ts"
import { byteOf } from "../record/Dialect.ts"
import { readAs, rewrittenSample, usualWidth } from "./SampleReading.ts"

/** Fewer records show too little. */
const minRecords = 3
/** Records whose cells are looked at. */
const maxRecords = 200
/** Lines of the quick test. */
const quickLines = 5

/** A number without leading zeros, which codes and telephone numbers have, and without a plus before whole numbers. */
const plainNumber = /^(?:-?(?:0|[1-9]\d*)|[-+]?\d*[.,]\d+|[-+]?\d+\.)(?:[eE][-+]?\d+)?$/
const decimal = /[.,]\d/
const missing = /^(?:NA|NaN|N\/A|null|None|nan|[-.*?])$/
/** `3 x 4`, `1 to 5`: one value. */
const pairOfNumbers = /^(?:x|×|\/|by|of|to)$/i
/** A part of a date in words, or the country of a telephone number. */
const partOfValue =
  /^(?:\+\d+$|jan|feb|mar|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz]|mon|tue|wed|thu|fri|sat|sun)/i

const ColumnKind = { text: 0, number: 1, dateOrTime: 2, partOfValue: 3 } as const

interface ColumnFacts {
  readonly kind: number
  readonly hasDecimals: boolean
  /** All have three digits, or all have four, as the groups of `1 234 567,50` and of a card's number. */
  readonly isGroup: boolean
}

const columnFacts = (
  table: SampleTable,
  records: ReadonlyArray<SampleRecord>,
  column: number,
): ColumnFacts => {
  const cells = records.map(({ firstCell }) => firstCell + column)
  const texts = cells.map((cell) => cellText(table, cell)).filter((text) => !missing.test(text))
  const hasDecimals = texts.some((text) => decimal.test(text))
  const isGroup = [/^\d{3}(?:,\d+)?$/, /^\d{4}$/].some((group) => texts.every((text) => group.test(text)))
  const facts = { hasDecimals, isGroup }
  if (texts.length === 0) return { kind: ColumnKind.text, ...facts }
  if (texts.every((text) => plainNumber.test(text))) return { kind: ColumnKind.number, ...facts }
  const kinds = cells.map((cell) => table.kinds[cell]!)
  if (kinds.every((kind) => kind >= CellKind.date && kind <= CellKind.timestamp))
    return { kind: ColumnKind.dateOrTime, ...facts }
  const isPart = texts.every((text) => partOfValue.test(text))
  return { kind: isPart ? ColumnKind.partOfValue : ColumnKind.text, ...facts }
}

/** Whether the first line has names: no cell is a number. */
const hasNames = (table: SampleTable, { firstCell, width }: SampleRecord): boolean => {
  for (let cell = firstCell; cell < firstCell + width; cell++)
    if (plainNumber.test(cellText(table, cell)) || table.kinds[cell]! < CellKind.word) return false
  return true
}

/** Whether spaces are aligned: runs of several, or at the start of lines. */
const isAligned = (text: string): boolean => / {2}|^ |\n /.test(text)

/** Whether a column of `234` after this one of `1` may be the rest of its number. */
const mayContinue = (before: ColumnFacts | undefined): boolean =>
  before?.kind === ColumnKind.number && !before.hasDecimals

const isTable = (table: SampleTable, isAlignedText: boolean): boolean => {
  const { bytes } = table
  const first = Math.max(
    0,
    table.records.findIndex(({ start }) => bytes[start] !== hash),
  )
  const width = table.records[first + 1]?.width ?? 0
  const isHeadMarked =
    first > 0 && table.records[first - 1]!.width === width && !hasNames(table, table.records[first]!)
  const [head, ...records] = table.records.slice(isHeadMarked ? first - 1 : first)
  if (head === undefined || records.length < minRecords || width < 2) return false
  if (records.some((record) => record.width !== width || record.malformed > 0)) return false
  if (head.width !== width && (head.width !== width - 1 || width < 3)) return false
  const columns = Array.from({ length: width }, (_, column) =>
    columnFacts(table, records.slice(0, maxRecords), column),
  )
  if (columns.some(({ kind }) => kind === ColumnKind.partOfValue)) return false
  if (width === 3 && records.every(({ firstCell }) => pairOfNumbers.test(cellText(table, firstCell + 1))))
    return false
  const numbers = columns.filter(
    ({ isGroup, kind }, column) =>
      kind === ColumnKind.number && !(isGroup && mayContinue(columns[column - 1])),
  )
  if (numbers.every((column) => column.isGroup && !column.hasDecimals)) return false
  const hasDecimals = numbers.some((column) => column.hasDecimals)
  if (width === 2) return numbers.length === 2 && hasDecimals
  if (!hasNames(table, head))
    return (
      head.width === width &&
      numbers.length > 2 &&
      2 * numbers.length >= width &&
      (hasDecimals || isAlignedText)
    )
  const typed = numbers.length + columns.filter(({ kind }) => kind === ColumnKind.dateOrTime).length
  return numbers.length > 0 && typed > 1 && 3 * typed >= width
}

/** The quotes of words in lines that are separated by spaces. */
const quoteOf = (text: string): string =>
  !text.includes('"') && /(?:^|[\n ])'[^\n']*'(?: |\r?\n)/.test(text) ? "'" : '"'

/** Whether every one of the first lines that are no comments has words with spaces between them. */
const mayBeSpaced = (text: string): boolean => {
  const lines = text
    .split(/\r\n?|\n/, 4 * quickLines)
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
  return lines.length > minRecords && lines.slice(0, quickLines).every((line) => /[^ ] +[^ ]/.test(line))
}

/**
 * Whether runs of spaces separate the values: every line has the same number of words, several columns are numbers, and
 * no usual delimiter splits the lines evenly. Returns the quote, or `null` if not.
 *
 * @param text the beginning of the sample
 */
export const findSpaces = (
  sample: Sample,
  text: string,
  givenQuote: string | null | undefined,
): { readonly quote: string | null } | null => {
  if (!mayBeSpaced(text)) return null
  const quote = givenQuote === undefined ? quoteOf(text) : givenQuote
  const rewritten = rewrittenSample(sample, new DelimiterRewriter(" ", byteOf(" "), byteOf(quote)))
  if (!isTable(readAs(rewritten, { delimiter: " ", quote }), isAligned(text))) return null
  return usualWidth(sample) === 1 ? { quote } : null
}
