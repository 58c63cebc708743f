import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { anyTable, natural, valueOf } from "../Csv/anyTable.ts"
import { anyWriting, fileOfTable, optionsOf, type TextTable, writable } from "../Csv/anyWriting.ts"
import { foundOut, piecesOf } from "../Csv/readingCsv.ts"
import { decompressed } from "../support/decompression.ts"
import { anyPacking, packed } from "./roundtrip/anyPacking.ts"
import { realisticTable, tellable } from "./roundtrip/realisticTable.ts"

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

describe("any table, in any dialect, encoding and compression, cut anywhere", () => {
  it.effect.prop(
    "comes back as it was where the dialect and the encoding are said",
    [anyTexts, anyWriting, anyPacking, sizes],
    ([texts, anyhow, packing, sizes]) =>
      Effect.gen(function* () {
        // A CR that ends a header without rows might be the header's, where an LF is in quotes.
        const writing = texts.rows.length === 0 ? { ...anyhow, lineEndings: ["\n"] } : anyhow
        const table = writable(texts, writing)
        const { bytes, codings, compression } = packed(fileOfTable(table, writing), packing)
        const pieces = Stream.fromIterable(piecesOf(bytes, sizes), { chunkSize: 1 })
        const file = decompressed(pieces, { codings })
        const { encoding, error, header, rows } = yield* foundOut(file.bytes, optionsOf(writing))
        assert.deepStrictEqual<unknown>(
          { error, header, rows, encoding, compression: file.compression() },
          { error: null, ...table, encoding: writing.encoding, compression },
        )
      }),
    { arbitrary: { runs: 400, size: 40 } },
  )

  it.effect.prop(
    "comes back as it was where nothing is said and the table is realistic",
    [realisticTable, anyWriting, anyPacking, sizes],
    ([realistic, anyhow, packing, sizes]) =>
      Effect.gen(function* () {
        const { table: told, writing } = tellable(realistic, anyhow)
        const table = writable(told, writing)
        const { bytes, codings, compression } = packed(fileOfTable(table, writing), packing)
        const file = decompressed(Stream.fromIterable(piecesOf(bytes, sizes), { chunkSize: 1 }), { codings })
        const { encoding, error, header, rows } = yield* foundOut(file.bytes)
        assert.deepStrictEqual<unknown>(
          { error, header, rows, encoding, compression: file.compression() },
          { error: null, ...table, encoding: writing.encoding, compression },
        )
      }),
    // What is found out is a guess, however good: the same tables each time, of many that have been tried.
    { arbitrary: { runs: 400, seed: 1, size: 40 } },
  )
})
