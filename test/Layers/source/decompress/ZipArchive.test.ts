import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as zlib from "node:zlib"
import { decompressAll, decompressed } from "../../../support/decompression.ts"
import { zipFile, type ZipFileEntry } from "../../../support/ZipFile.ts"

const csv = "a,b\n1,2\n"

const textOf = (entries: ReadonlyArray<ZipFileEntry>, comment?: string) =>
  Effect.map(decompressAll(zipFile(entries, comment), { pieces: [7, 1, 100] }), ({ body }) => body.toString())

const errorOf = (entries: ReadonlyArray<ZipFileEntry>) => Effect.flip(textOf(entries))

describe("the one CSV file of an archive", () => {
  const entries: Readonly<Record<string, ZipFileEntry>> = {
    stored: { name: "a.csv", body: csv, method: 0 },
    deflated: { name: "folder/a.csv", body: csv },
    "compressed with zstd": { name: "a.csv", body: csv, method: 93, packed: zlib.zstdCompressSync(csv) },
    "given sizes of 64 bits": { name: "a.csv", body: csv, zip64: true },
    "stored with sizes of 64 bits": { name: "a.csv", body: csv, zip64: true, method: 0 },
    "followed by a descriptor": { name: "a.csv", body: csv, descriptor: "plain" },
    "followed by a descriptor without signature": { name: "a.csv", body: csv, descriptor: "bare" },
    "followed by a descriptor of 64 bits": { name: "a.csv", body: csv, descriptor: "large" },
    "followed by a descriptor of 64 bits without signature": {
      name: "a.csv",
      body: csv,
      descriptor: "bare large",
    },
    "stored with a descriptor": { name: "a.csv", body: csv, method: 0, descriptor: "plain" },
    "stored with a descriptor of 64 bits": { name: "a.csv", body: csv, method: 0, descriptor: "large" },
    "named without an extension": { name: "a", body: csv },
    "named with an unusual extension": { name: "export.out", body: csv },
  }
  for (const [how, entry] of Object.entries(entries))
    it.live(`is read when it is ${how}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* textOf([entry]), csv)
        const readme = { name: "z/README.txt", body: "read me", descriptor: "plain" } as const
        assert.strictEqual(yield* textOf([readme, entry, readme], "a comment"), csv)
      }),
    )

  it.live("is found among folders, system files, documentation and other kinds of file", () =>
    Effect.gen(function* () {
      const text = yield* textOf([
        { name: "data/", method: 0 },
        { name: "__MACOSX/data/._a.csv", body: "resource fork" },
        { name: "data/.DS_Store", body: "…", descriptor: "plain" },
        { name: "data/a.csv", body: csv },
        { name: "data/LICENSE", body: "…" },
        { name: "data/schema.json", body: "{}", method: 0 },
        { name: "codebook.PDF", body: "…" },
      ])
      assert.strictEqual(text, csv)
    }),
  )

  it.live("is read completely although it contains what looks like its end", () =>
    Effect.gen(function* () {
      const body = `P,PK,PK\x07\x08\n${csv}PK\x07\x08${"x".repeat(30)}\nPK\x07`
      assert.strictEqual(yield* textOf([{ name: "a.csv", body, method: 0, descriptor: "plain" }]), body)
    }),
  )

  it.live("is read in large chunks although it consists of descriptor signatures", () =>
    Effect.gen(function* () {
      for (const signatures of [40_000, 80_000]) {
        const body = "PK\x07\x08".repeat(signatures)
        const archive = zipFile([{ name: "a.csv", body, method: 0, descriptor: "plain" }])
        const chunks = yield* Stream.runCollect(decompressed(archive).bytes)
        assert.strictEqual(Buffer.concat(chunks).toString(), body)
        assert.isAtMost(chunks.length, Math.ceil(archive.length / (64 * 1024)) * 3)
      }
    }),
  )

  it.live("may be empty", () =>
    Effect.gen(function* () {
      for (const method of [0, 8]) {
        assert.strictEqual(yield* textOf([{ name: "a.csv", method }]), "")
        assert.strictEqual(yield* textOf([{ name: "a.csv", method, descriptor: "plain" }]), "")
      }
    }),
  )

  it.live("may be followed by padding", () =>
    Effect.gen(function* () {
      const archive = zipFile([{ name: "a.csv", body: csv }])
      const { body } = yield* decompressAll(Buffer.concat([archive, Buffer.alloc(512)]))
      assert.strictEqual(body.toString(), csv)
      const error = yield* Effect.flip(decompressAll(Buffer.concat([archive, Buffer.from("x")])))
      assert.include(error.message, `near byte ${archive.length}`)
    }),
  )
})

describe("an archive", () => {
  it.live("of several CSV files is refused, and the error names all of them", () =>
    Effect.gen(function* () {
      const names = ["a.csv", "b.tsv", "c.txt"]
      const error = yield* errorOf(names.map((name) => ({ name, body: csv })))
      assert.strictEqual(error.code, "not_csv")
      assert.include(error.message, `"a.csv", "b.tsv", "c.txt".`)
    }),
  )

  it.live("of several CSV files is refused without reading all of a large one", () =>
    Effect.gen(function* () {
      const large = Buffer.alloc(9 * 1024 * 1024)
      const error = yield* errorOf([
        { name: "a.csv", body: csv },
        { name: "b.csv", body: large, method: 0 },
        { name: "c.csv", body: csv },
      ])
      assert.include(error.message, `"a.csv", "b.csv", and perhaps more`)
    }),
  )

  it.live("without a CSV file is refused, and the error names its entries in printable characters", () =>
    Effect.gen(function* () {
      const error = yield* errorOf([
        { name: "a\u0007\n.pdf", body: "…" },
        { name: `${"x".repeat(300)}.png`, body: "…" },
      ])
      assert.strictEqual(error.code, "not_csv")
      assert.include(error.message, '"a\uFFFD\uFFFD.pdf"')
      assert.isBelow(error.message.length, 500)
    }),
  )

  it.live("that is an Excel workbook or an OpenDocument file is refused, with advice", () =>
    Effect.gen(function* () {
      const excel = yield* errorOf([
        { name: "[Content_Types].xml", body: "<Types/>" },
        { name: "xl/workbook.xml", body: "…" },
      ])
      const late = yield* errorOf([
        { name: "_rels/.rels", body: "…" },
        { name: "xl/worksheets/sheet1.xml", body: "…", descriptor: "plain" },
        { name: "[Content_Types].xml", body: "<Types/>" },
      ])
      const ods = yield* errorOf([{ name: "mimetype", body: "application/vnd.oasis…", method: 0 }])
      for (const error of [excel, late, ods]) {
        assert.strictEqual(error.code, "not_csv")
        assert.include(error.message, "Excel")
        assert.include(error.message, "Export")
      }
    }),
  )

  it.live("with an encrypted CSV file is refused", () =>
    Effect.gen(function* () {
      const error = yield* errorOf([{ name: "a.csv", body: csv, flags: 1 }])
      assert.strictEqual(error.code, "unsupported_compression")
      assert.match(error.message, /"a\.csv" is encrypted/)
    }),
  )

  it.live("with a CSV file compressed by an unknown method is refused", () =>
    Effect.gen(function* () {
      const error = yield* errorOf([{ name: "a.csv", packed: Buffer.from(csv), method: 14 }])
      assert.strictEqual(error.code, "unsupported_compression")
      assert.include(error.message, "method 14")
    }),
  )

  it.live("with a wrong checksum fails at the end of the file", () =>
    Effect.gen(function* () {
      for (const descriptor of [undefined, "plain"] as const) {
        const entry = { name: "a.csv", body: csv, crc: 1 }
        const error = yield* errorOf([descriptor === undefined ? entry : { ...entry, descriptor }])
        assert.strictEqual(error.code, "corrupt_compression")
        assert.include(error.message, "checksum")
      }
    }),
  )
})
