import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { utf8 } from "./readingCsv.ts"

/** Parts of a field: everything with a meaning in CSV or COPY, and characters of one to four bytes. */
const atoms = [
  ..."ab 09,;\"'\\\t\n\r",
  "\r\n",
  '""',
  "\\N",
  "\\.",
  "é",
  "東",
  "🦆",
  "\u0301",
  "\u2028",
  "\ufeff",
  "\x7f",
]
const field = Arbitrary.map(
  Arbitrary.array(Arbitrary.schema(Schema.Literals(atoms)), { maxLength: 8 }),
  (parts) => parts.join(""),
)
const cell = Arbitrary.all({
  text: field,
  isNull: Arbitrary.schema(Schema.Literals([true, false, false, false])),
  isQuoted: Arbitrary.schema(Schema.Boolean),
})
type Rows = ReadonlyArray<ReadonlyArray<string | null>>

export const natural = Arbitrary.schema(Schema.Natural)
/** A table and the format of its file. */
export const anyTable = Arbitrary.all({
  width: Arbitrary.schema(Schema.Literals([1, 2, 3, 7])),
  cells: Arbitrary.array(cell, { maxLength: 60 }),
  lineEndings: Arbitrary.array(Arbitrary.schema(Schema.Literals(["\n", "\r\n", "\r"])), { minLength: 1 }),
  hasLastLineEnding: Arbitrary.schema(Schema.Boolean),
  hasByteOrderMark: Arbitrary.schema(Schema.Boolean),
})
export type AnyTable = typeof anyTable extends Arbitrary.Arbitrary<infer A> ? A : never

const needsQuotes = /[",\r\n]/

const written = ({ text, isNull, isQuoted }: AnyTable["cells"][number]): string => {
  if (isNull) return ""
  return isQuoted || text === "" || needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The value of a cell in the database. */
export const valueOf = ({ text, isNull }: AnyTable["cells"][number]): string | null => (isNull ? null : text)

export const recordsOf = <A>(
  table: AnyTable,
  each: (cell: AnyTable["cells"][number]) => A,
): Array<Array<A>> => {
  const { cells, width } = table
  return Array.from({ length: Math.floor(cells.length / width) }, (_, row) =>
    cells.slice(row * width, (row + 1) * width).map(each),
  )
}

/** The rows without the last ones if a blank line at the end of the file is not a row: in a table of one column. */
export const withoutLastBlanks = (rows: Rows): Rows =>
  rows.slice(0, rows.findLastIndex((row) => row.length > 1 || row[0] !== null) + 1)

export const headerOf = (table: AnyTable): ReadonlyArray<string> =>
  Array.from({ length: table.width }, (_, n) => `h${n}`)

/** The table as CSV. */
export const fileOf = (table: AnyTable): Uint8Array => {
  const records = [headerOf(table), ...recordsOf(table, written)].map((record) => record.join(","))
  // In a table of one column, a NULL in the last line needs a line ending.
  const isOpenEnded = !table.hasLastLineEnding && records.at(-1) !== ""
  // If blank lines are records, the CR and LF of two of them would be one CRLF.
  const lineEndings = table.width === 1 ? table.lineEndings.slice(0, 1) : table.lineEndings
  const text = records.map((record, n) => {
    const isLast = n === records.length - 1
    return record + (isLast && isOpenEnded ? "" : lineEndings[n % lineEndings.length])
  })
  return utf8((table.hasByteOrderMark ? "\ufeff" : "") + text.join(""))
}

/** A byte with a meaning in CSV that is inserted or replaces another. */
const mutation = Arbitrary.all({
  at: natural,
  byte: Arbitrary.schema(Schema.Literals([0x00, 0x0a, 0x0d, 0x22, 0x2c, 0x5c, 0x80, 0xc3, 0xe2, 0xf0, 0xff])),
  isRemoval: Arbitrary.schema(Schema.Boolean),
})

/** The bytes of any table, with up to six mutations. */
export const anyBytes = Arbitrary.map(
  Arbitrary.all({ table: anyTable, mutations: Arbitrary.array(mutation, { maxLength: 6 }) }),
  ({ table, mutations }) => {
    const bytes = [...fileOf(table)]
    for (const { at, byte, isRemoval } of mutations)
      bytes.splice(at % (bytes.length + 1), isRemoval ? 1 : 0, byte)
    return Uint8Array.from(bytes)
  },
)
