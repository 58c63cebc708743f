import { assert, describe, it } from "@effect/vitest"
import { parse } from "csv-parse/sync"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { byteOrderMarkLength } from "../../src/Csv/FirstBytes.ts"
import { outcomeOf, scan, utf8 } from "./readingCsv.ts"

/** What a field is made of: everything a CSV reader or COPY gives a meaning, and text of one to four bytes. */
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
const natural = Arbitrary.schema(Schema.Natural)
const anyTable = Arbitrary.all({
  width: Arbitrary.schema(Schema.Literals([1, 2, 3, 7])),
  cells: Arbitrary.array(cell, { maxLength: 60 }),
  lineEndings: Arbitrary.array(Arbitrary.schema(Schema.Literals(["\n", "\r\n", "\r"])), { minLength: 1 }),
  hasLastLineEnding: Arbitrary.schema(Schema.Boolean),
  hasByteOrderMark: Arbitrary.schema(Schema.Boolean),
})
type AnyTable = typeof anyTable extends Arbitrary.Arbitrary<infer A> ? A : never

const needsQuotes = /[",\r\n]/

const written = ({ text, isNull, isQuoted }: AnyTable["cells"][number]): string => {
  if (isNull) return ""
  return isQuoted || text === "" || needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const valueOf = ({ text, isNull }: AnyTable["cells"][number]): string | null => (isNull ? null : text)

const recordsOf = <A>(table: AnyTable, each: (cell: AnyTable["cells"][number]) => A): Array<Array<A>> => {
  const { cells, width } = table
  return Array.from({ length: Math.floor(cells.length / width) }, (_, row) =>
    cells.slice(row * width, (row + 1) * width).map(each),
  )
}

const headerOf = (table: AnyTable): ReadonlyArray<string> =>
  Array.from({ length: table.width }, (_, n) => `h${n}`)

const fileOf = (table: AnyTable): Uint8Array => {
  const records = [headerOf(table), ...recordsOf(table, written)].map((record) => record.join(","))
  // A last NULL of a one-column table is seen only if its line ends.
  const isOpenEnded = !table.hasLastLineEnding && records.at(-1) !== ""
  // Where a blank line is a record, a CR and an LF of two such lines would be taken for one CRLF.
  const lineEndings = table.width === 1 ? table.lineEndings.slice(0, 1) : table.lineEndings
  const text = records.map((record, n) => {
    const isLast = n === records.length - 1
    return record + (isLast && isOpenEnded ? "" : lineEndings[n % lineEndings.length])
  })
  return utf8((table.hasByteOrderMark ? "\ufeff" : "") + text.join(""))
}

/** The bytes in pieces whose sizes repeat as given. */
const piecesOf = (bytes: Uint8Array, sizes: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const pieces: Array<Uint8Array> = []
  let start = 0
  for (let n = 0; start < bytes.length; n++) {
    const size = sizes.length === 0 ? bytes.length : (sizes[n % sizes.length]! % 17) + 1
    pieces.push(bytes.slice(start, start + size))
    start += size
  }
  return pieces
}

const sizes = Arbitrary.array(natural, { maxLength: 5 })
const runs = { arbitrary: { runs: 500, size: 40 } }

const scanCut = (file: Uint8Array, sizes: ReadonlyArray<number>) => {
  const offset = byteOrderMarkLength(file)
  return scan(piecesOf(file.subarray(offset), sizes), { offset })
}

describe("any table, written as CSV and cut anywhere", () => {
  it.effect.prop(
    "comes back as it was",
    [anyTable, sizes],
    ([table, sizes]) =>
      Effect.gen(function* () {
        const file = fileOf(table)
        const expected = { header: headerOf(table), rows: recordsOf(table, valueOf), error: null }
        assert.deepStrictEqual<unknown>(scanCut(file, sizes), expected)
        assert.deepStrictEqual<unknown>(yield* outcomeOf(piecesOf(file, sizes)), expected)
      }),
    runs,
  )

  it.prop(
    "is read as csv-parse reads it",
    [anyTable, sizes],
    ([table, sizes]) => {
      const file = fileOf(table)
      const { header, rows } = scanCut(file, sizes)
      const expected: ReadonlyArray<ReadonlyArray<string | null>> = parse(Buffer.from(file), {
        bom: true,
        record_delimiter: ["\r\n", "\n", "\r"],
        skip_empty_lines: table.width > 1,
        relax_quotes: true,
        cast: (value, { quoting }) => (value === "" && !quoting ? null : value),
      })
      assert.deepStrictEqual([...(header === null ? [] : [header]), ...rows], expected)
    },
    runs,
  )
})

describe("any bytes", () => {
  const mutation = Arbitrary.all({
    at: natural,
    byte: Arbitrary.schema(
      Schema.Literals([0x00, 0x0a, 0x0d, 0x22, 0x2c, 0x5c, 0x80, 0xc3, 0xe2, 0xf0, 0xff]),
    ),
    isRemoval: Arbitrary.schema(Schema.Boolean),
  })

  it.prop(
    "end in rows or an error, the same wherever they are cut",
    [anyTable, Arbitrary.array(mutation, { maxLength: 6 }), sizes],
    ([table, mutations, sizes]) => {
      const bytes = [...fileOf(table)]
      for (const { at, byte, isRemoval } of mutations)
        bytes.splice(at % (bytes.length + 1), isRemoval ? 1 : 0, byte)
      const file = Uint8Array.from(bytes)
      const whole = scanCut(file, [])
      assert.deepStrictEqual(scanCut(file, sizes), whole)
      assert.deepStrictEqual(scanCut(file, [0]), whole)
      assert.isAtMost(whole.error?.place.byteOffset ?? 0, file.length)
    },
    runs,
  )
})
