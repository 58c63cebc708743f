import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { sourceHash } from "../../../scripts/buildWasm.ts"
import { CsvScanner } from "../../../src/Csv/scan/CsvScanner.ts"
import { type Dialect, standard } from "../../../src/Csv/record/Dialect.ts"
import { compiledFrom } from "../../../src/Csv/scan/vector/Compiled.ts"
import { vectorModule } from "../../../src/Csv/scan/vector/VectorScan.ts"
import { anyBytes } from "../anyTable.ts"
import { cut, utf8 } from "../readingCsv.ts"

interface Settings {
  readonly dialect: Dialect
  readonly maxRecordSize: number
}

/** All results for each chunk, with the bytes of the rows. */
const scannedBy = (vectorFrom: number, pieces: ReadonlyArray<Uint8Array>, settings: Settings) => {
  const scanner = new CsvScanner({ ...settings, offset: 3, vectorFrom })
  const all = []
  for (const piece of [...pieces, null]) {
    const { batch, error } = piece === null ? scanner.finish() : scanner.push(piece)
    all.push(
      { header: scanner.header, error, rows: batch?.rows, firstRecord: batch?.firstRecord },
      batch === null ? null : batch.bytes.slice(),
    )
    batch?.release()
    if (error !== null) break
  }
  return all
}

/** The results with SIMD and without, which have to be equal. */
const bothWays = (pieces: ReadonlyArray<Uint8Array>, settings: Settings) =>
  [scannedBy(0, pieces, settings), scannedBy(Infinity, pieces, settings)] as const

const ordinary: Settings = { dialect: standard, maxRecordSize: 1 << 24 }
const settings = Arbitrary.schema(
  Schema.Struct({
    delimiter: Schema.Literals([",", ";", "\t"]),
    quote: Schema.Literals(['"', '"', "'"]),
    nulls: Schema.Literals(["unquotedEmpty", "empty", "none"]),
    maxRecordSize: Schema.Literals([40, 200, 1 << 24]),
  }),
)
const pieceSize = Arbitrary.schema(
  Schema.Literals([1, 2, 3, 7, 15, 16, 17, 31, 63, 64, 65, 130, 1000, 70_000]),
)
const widths = Arbitrary.array(Arbitrary.schema(Schema.Literals([0, 1, 14, 31, 33, 62, 64, 127])), {
  minLength: 1,
})

/** Stretches each `a` of the file, so that fields and UTF-8 sequences cross the borders of vectors. */
const stretched = (file: Uint8Array, widths: ReadonlyArray<number>): Uint8Array => {
  let n = 0
  return Uint8Array.from(
    [...file].flatMap((byte) =>
      byte === 0x61 ? Array<number>(widths[n++ % widths.length]!).fill(0x78) : [byte],
    ),
  )
}

describe("scanning with SIMD", () => {
  it("is supported on this machine", () => {
    assert.isNotNull(vectorModule())
  })

  it("uses the module compiled from the current source (else run `npm run build:wasm`)", () => {
    assert.strictEqual(compiledFrom, sourceHash("scan"))
  })

  it.prop(
    "gives the same batches, errors and places as scanning byte by byte",
    [anyBytes, widths, pieceSize, settings],
    ([file, widths, size, { delimiter, maxRecordSize, nulls, quote }]) => {
      const dialect: Dialect = { ...standard, delimiter, quote, escape: quote, nulls }
      assert.deepStrictEqual(...bothWays(cut(stretched(file, widths), size), { dialect, maxRecordSize }))
    },
    { arbitrary: { runs: 3000, size: 60 } },
  )

  it("accepts exactly the valid UTF-8 sequences", () => {
    const firsts = [
      0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3,
      0xf4, 0xf5, 0xff,
    ]
    const others = [0x00, 0x2c, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc2, 0xe1, 0xf1, 0xff]
    const last = [0x41, 0x80, 0xbf, 0xc2]
    for (const first of firsts)
      for (const second of others)
        for (const third of others)
          for (const fourth of first >= 0xf0 ? last : [0x41]) {
            const text = new Uint8Array(64).fill(0x41)
            text.set([first, second, third, fourth], (first + second + third) % 16)
            assert.deepStrictEqual(...bothWays([utf8("a\n"), text], ordinary))
          }
  })

  it("handles chunks larger than its memory", () => {
    const row = utf8(`"${"x\r\n, ".repeat(50_000)}""",é\n\n`)
    const file = Uint8Array.from([...utf8("a,b\n"), ...row, ...row])
    assert.deepStrictEqual(...bothWays([file], ordinary))
    assert.deepStrictEqual(...bothWays(cut(file, 100_000), ordinary))
    const empty = utf8("a\n" + "\n".repeat(200_000))
    assert.deepStrictEqual(...bothWays([empty], ordinary))
  })
})
