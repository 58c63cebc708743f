import { isDeepStrictEqual } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { anyTable, natural, valueOf, withoutLastBlanks } from "../Csv/anyTable.ts"
import { anyCsvFormat, fileOfTable, optionsOf, type TextTable, writable } from "../Csv/anyCsvFormat.ts"
import { foundOut, piecesOf } from "../Csv/readingCsv.ts"
import { decompressed } from "../support/decompression.ts"
import { anyCompression, compressed } from "./roundtrip/anyCompression.ts"
import { realisticTable, detectable } from "./roundtrip/realisticTable.ts"

const sizes = Arbitrary.array(natural, { maxLength: 5 })

/** Any texts and NULLs in one to eight columns, under any header. */
const anyTexts: Arbitrary.Arbitrary<TextTable> = Arbitrary.map(
  Arbitrary.all({
    table: anyTable,
    width: Arbitrary.schema(Schema.Literals([1, 2, 3, 4, 5, 6, 7, 8])),
  }),
  ({ table, width }) => {
    const records = Array.from({ length: Math.floor(table.cells.length / width) }, (_, row) =>
      table.cells.slice(row * width, (row + 1) * width),
    )
    const [first = [], ...rest] = records
    return {
      header: Array.from({ length: width }, (_, n) => first[n]?.text ?? `h${n}`),
      rows: rest.map((row) => row.map(valueOf)),
    }
  },
)

/** Of 400 tables, many of them short, some with a delimiter in every record. */
const maxMisread = 0
let misread = 0

describe("round trips of generated tables", () => {
  it.effect.prop(
    "a table in any format and compression is read unchanged if its format is specified",
    [anyTexts, anyCsvFormat, anyCompression, sizes],
    ([texts, anyFormat, method, sizes]) =>
      Effect.gen(function* () {
        // Without rows, a CR after the header is ambiguous if the header has a quoted LF.
        const format = texts.rows.length === 0 ? { ...anyFormat, lineEndings: ["\n"] } : anyFormat
        const table = writable(texts, format)
        const { bytes, codings, compression } = compressed(fileOfTable(table, format), method)
        const pieces = Stream.fromIterable(piecesOf(bytes, sizes), { chunkSize: 1 })
        const file = decompressed(pieces, { codings })
        const { encoding, error, header, rows } = yield* foundOut(file.bytes, optionsOf(format))
        assert.deepStrictEqual<unknown>(
          { error, header, rows, encoding, compression: file.compression() },
          {
            error: null,
            header: table.header,
            rows: withoutLastBlanks(table.rows),
            encoding: format.encoding,
            compression,
          },
        )
      }),
    { timeout: 120_000, arbitrary: { runs: 400, seed: 1, size: 40 } },
  )

  it.effect.prop(
    "a realistic table in any format and compression is read unchanged if its format is detected, with few exceptions",
    [realisticTable, anyCsvFormat, anyCompression, sizes],
    ([realistic, anyFormat, method, sizes]) =>
      Effect.gen(function* () {
        const { table: detected, format } = detectable(realistic, anyFormat)
        const table = writable(detected, format)
        const { bytes, codings, compression } = compressed(fileOfTable(table, format), method)
        const file = decompressed(Stream.fromIterable(piecesOf(bytes, sizes), { chunkSize: 1 }), { codings })
        const { encoding, error, header, rows } = yield* foundOut(file.bytes)
        const read = { error, header, rows, encoding, compression: file.compression() }
        const meant = {
          error: null,
          header: table.header,
          rows: withoutLastBlanks(table.rows),
          encoding: format.encoding,
          compression,
        }
        if (!isDeepStrictEqual(read, meant)) misread++
        // Shows the difference of the first table too many.
        if (misread > maxMisread) assert.deepStrictEqual<unknown>(read, meant)
      }),
    // Detection is a heuristic, so the seed is fixed.
    { timeout: 120_000, arbitrary: { runs: 400, seed: 1, size: 40 } },
  )
})
