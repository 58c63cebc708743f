import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Encoding } from "../../../src/Domain/load/Encoding.ts"
import {
  type AnyTable,
  anyBytes,
  anyTable,
  headerOf,
  natural,
  recordsOf,
  valueOf,
  withoutLastBlanks,
} from "../anyTable.ts"
import { encodeText, repertoire } from "../encoding/encodeText.ts"
import { foundOut, piecesOf } from "../readingCsv.ts"

const delimiters = [",", ";", "\t", "|", ":"] as const
const encodings: ReadonlyArray<Encoding> = [
  "utf-8",
  "utf-16le",
  "utf-16be",
  "windows-1252",
  "windows-1250",
  "iso-8859-2",
  "macintosh",
  "windows-1251",
  "koi8-r",
  "shift_jis",
  "gb18030",
  "euc-kr",
]

const anyWriting = Arbitrary.all({
  delimiter: Arbitrary.schema(Schema.Literals(delimiters)),
  quote: Arbitrary.schema(Schema.NullOr(Schema.Literals(['"', "'"]))),
  isDoubled: Arbitrary.schema(Schema.Boolean),
  encoding: Arbitrary.schema(Schema.Literals(encodings)),
  lineEnding: Arbitrary.schema(Schema.Literals(["\n", "\r\n", "\r"])),
})
type AnyWriting = typeof anyWriting extends Arbitrary.Arbitrary<infer A> ? A : never
type Cell = AnyTable["cells"][number]

const sizes = Arbitrary.array(natural, { maxLength: 5 })
const runs = { arbitrary: { runs: 300, size: 40 } }

const escapeOf = ({ isDoubled, quote }: AnyWriting): string =>
  isDoubled || quote === null ? (quote ?? '"') : "\\"

/** The text without what the encoding does not have and, where nothing can be quoted, what would need it. */
const possible = (text: string, { delimiter, encoding, quote }: AnyWriting): string => {
  const isKnown = (character: string): boolean =>
    encoding.startsWith("utf") ? character !== "\ufeff" : repertoire(encoding).has(character)
  const known = Array.from(text).filter(isKnown).join("")
  return quote === null ? known.replaceAll(new RegExp(`[\\r\\n\\${delimiter}]`, "g"), "_") : known
}

const quoted = (text: string, quote: string, escape: string): string => {
  const escaped = escape === quote ? text : text.replaceAll(escape, escape + escape)
  return quote + escaped.replaceAll(quote, escape + quote) + quote
}

/** The cells that can be written so: what cannot is another text, or NULL. */
const writable = (table: AnyTable, writing: AnyWriting): AnyTable => ({
  ...table,
  cells: table.cells.map((cell) => {
    const text = possible(cell.text, writing)
    return { ...cell, text, isNull: cell.isNull || (writing.quote === null && text === "") }
  }),
})

const written = (table: AnyTable, writing: AnyWriting, areAllQuoted: boolean): Uint8Array => {
  const { delimiter, encoding, lineEnding, quote } = writing
  const field = ({ isNull, isQuoted, text }: Cell): string => {
    if (isNull) return ""
    if (quote === null) return text
    const needsQuotes =
      text === "" ||
      text.includes(delimiter) ||
      text.includes(escapeOf(writing)) ||
      /^[ ]|["'\r\n]/.test(text)
    return areAllQuoted || isQuoted || needsQuotes ? quoted(text, quote, escapeOf(writing)) : text
  }
  const records = [headerOf(table), ...recordsOf(table, field)].map((record) => record.join(delimiter))
  return encodeText(records.map((record) => record + lineEnding).join(""), encoding)
}

describe("any table, in any dialect and encoding, cut anywhere", () => {
  it.effect.prop(
    "comes back as it was where all is said",
    [anyTable, anyWriting, sizes],
    ([anything, writing, sizes]) =>
      Effect.gen(function* () {
        const table = writable(anything, writing)
        const { delimiter, encoding, quote } = writing
        const { error, header, rows } = yield* foundOut(piecesOf(written(table, writing, false), sizes), {
          delimiter,
          quote,
          escape: escapeOf(writing),
          encoding,
          skipLines: 0,
          comment: null,
        })
        assert.deepStrictEqual<unknown>(
          { error, header, rows },
          { error: null, header: headerOf(table), rows: withoutLastBlanks(recordsOf(table, valueOf)) },
        )
      }),
    runs,
  )

  it.effect.prop(
    "comes back as it was where nothing is said and it has enough rows in quotes",
    [anyTable, anyWriting, sizes],
    ([anything, anyhow, sizes]) =>
      Effect.gen(function* () {
        const writing = {
          ...anyhow,
          quote: anyhow.quote ?? '"',
          encoding: anyhow.encoding.startsWith("utf") ? anyhow.encoding : ("utf-8" as const),
        }
        const { width } = anything
        const table = writable({ ...anything, cells: enough(anything, writing.quote) }, writing)
        const { encoding, error, header, rows } = yield* foundOut(
          piecesOf(written(table, writing, true), sizes),
        )
        assert.deepStrictEqual<unknown>(
          { encoding, error, header, rows },
          {
            encoding: writing.encoding,
            error: null,
            header: headerOf(table),
            rows: withoutLastBlanks(recordsOf(table, valueOf)),
          },
        )
        assert.isAbove(width, 0)
      }),
    runs,
  )
})

/** So many rows that the dialect can be told, the escape too, whatever else is in them. */
const enough = ({ cells, width }: AnyTable, quote: string): Array<Cell> => {
  const plain = Array.from({ length: 12 * width }, (_, n) => ({
    text: `t${quote}${n}`,
    isNull: false,
    isQuoted: true,
  }))
  return [...plain, ...cells.slice(0, 4 * width)]
}

describe("any bytes of which nothing is said", () => {
  it.effect.prop(
    "end in rows or an error, the same wherever they are cut",
    [anyBytes, sizes],
    ([file, sizes]) =>
      Effect.gen(function* () {
        const whole = yield* foundOut([file])
        assert.deepStrictEqual(yield* foundOut(piecesOf(file, sizes)), whole)
        assert.deepStrictEqual(yield* foundOut(piecesOf(file, [0])), whole)
        assert.isAtMost(whole.error?.place.byteOffset ?? 0, file.length)
      }),
    runs,
  )
})
