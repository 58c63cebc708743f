import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as zlib from "node:zlib"
import { decompressAll } from "../../../support/decompression.ts"
import { zipFile } from "../../../support/ZipFile.ts"

/** Fast compression: the level makes no difference to a decoder. */
const gzip = (body: string | Buffer) => zlib.gzipSync(body, { level: 1 })
const zstd = (body: Buffer) =>
  zlib.zstdCompressSync(body, { params: { [zlib.constants.ZSTD_c_checksumFlag]: 1 } })

const halves = (body: Buffer) => [body.subarray(0, body.length >> 1), body.subarray(body.length >> 1)]

/** The kinds of compressed file that are recognized by their first bytes. */
const files = {
  "gzip file": { compress: gzip, compression: "gzip" },
  "gzip file of two members": {
    compress: (body: Buffer) => Buffer.concat(halves(body).map(gzip)),
    compression: "gzip",
  },
  "zstd file": {
    compress: zstd,
    compression: "zstd",
  },
  "zstd file of three frames, one skippable": {
    compress: (body: Buffer) =>
      Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]), ...halves(body).map(zstd)]),
    compression: "zstd",
  },
  "ZIP archive": {
    compress: (body: Buffer) => zipFile([{ name: "a.csv", body }]),
    compression: "zip",
  },
  "ZIP archive with a descriptor": {
    compress: (body: Buffer) => zipFile([{ name: "a.csv", body, descriptor: "plain" }]),
    compression: "zip",
  },
  "stored ZIP archive": {
    compress: (body: Buffer) => zipFile([{ name: "a.csv", body, method: 0 }]),
    compression: "zip",
  },
  "stored ZIP archive with a descriptor": {
    compress: (body: Buffer) => zipFile([{ name: "a.csv", body, method: 0, descriptor: "plain" }]),
    compression: "zip",
  },
  "ZIP archive of a gzip file": {
    compress: (body: Buffer) => zipFile([{ name: "a.csv.gz", body: gzip(body), method: 0 }]),
    compression: "zip+gzip",
  },
} as const

const codings = {
  gzip,
  "x-gzip": gzip,
  deflate: (body: Buffer) => zlib.deflateSync(body, { level: 1 }),
  br: (body: Buffer) =>
    zlib.brotliCompressSync(body, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
  zstd,
} as const

const maxLength = 300_000

/** Bytes that cannot be compressed, and bytes that can. */
const samples = [0xff, 3].map((mask) => {
  const bytes = Buffer.alloc(2 * maxLength)
  for (let at = 0, state = 1; at < bytes.length; at++) {
    state = (state * 48_271) % 2_147_483_647
    bytes[at] = mask === 0xff ? state & mask : 97 + (state & mask)
  }
  return bytes
})

const natural = Arbitrary.schema(Schema.Natural)
const oneOf = <const A extends ReadonlyArray<string | number>>(values: A) =>
  Arbitrary.schema(Schema.Literals(values))
/** Empty to several chunks of a decoder, mostly short. None looks compressed. */
const bodies = Arbitrary.map(
  Arbitrary.all({
    start: natural,
    length: natural,
    below: oneOf([10, 1000, 5000, 20_000, maxLength]),
    sample: oneOf([0, 1]),
  }),
  ({ start, length, below, sample }) => {
    const from = (start * 7919) % maxLength
    const body = Buffer.from(samples[sample]!.subarray(from, from + ((length * 7919) % below)))
    body.write("a,b\n")
    return body
  },
)
/** Chunk sizes of the network. Starts with a few bytes at a time, to cut headers too. */
const pieces = Arbitrary.map(
  Arbitrary.array(natural, { minLength: 1, maxLength: 4 }),
  (sizes): ReadonlyArray<number> => [...sizes.map((size) => (size % 40) + 1), 1, 7000, 65_536],
)
const keyOf = <K extends string>(record: Readonly<Record<K, unknown>>) =>
  oneOf(Object.keys(record) as Array<K>)
const runs = { arbitrary: { runs: 60 } }
const manyRuns = { arbitrary: { runs: 300 } }

describe("decompress", () => {
  it.live.prop(
    "restores any compressed file, cut into any chunks",
    [bodies, keyOf(files), pieces],
    ([body, kind, pieces]) =>
      Effect.gen(function* () {
        const { compress, compression } = files[kind]
        const file = yield* decompressAll(compress(body), { pieces })
        assert.isTrue(file.body.equals(body), kind)
        assert.strictEqual(file.compression, compression)
      }),
    runs,
  )

  it.live.prop(
    "undoes several content codings around a compressed file",
    [bodies, Arbitrary.array(keyOf(codings), { minLength: 1, maxLength: 3 }), pieces],
    ([body, names, pieces]) =>
      Effect.gen(function* () {
        const compressed = names.reduce((bytes, name) => codings[name](bytes), gzip(body))
        const file = yield* decompressAll(compressed, { pieces, codings: names.toReversed() })
        assert.isTrue(file.body.equals(body), names.join())
      }),
    runs,
  )

  it.live("returns a file that is not compressed, or empty, as it is", () =>
    Effect.gen(function* () {
      for (const text of ["", "a", "P,K\n", "PK\x03,\x04", "(\n", "Z*M,1\n"]) {
        const { body, compression } = yield* decompressAll(Buffer.from(text), { pieces: [1] })
        assert.strictEqual(body.toString(), text)
        assert.strictEqual(compression, null)
      }
    }),
  )
})

describe("corrupt data", () => {
  it.live.prop(
    "never decompress to other bytes and never hang, with one byte changed after the signature",
    [bodies, keyOf(files), pieces, natural, natural],
    ([body, kind, pieces, where, by]) =>
      Effect.gen(function* () {
        const compressed = Buffer.from(files[kind].compress(body))
        // Nothing protects the length of a skippable frame.
        const from = kind === "zstd file of three frames, one skippable" ? 11 : 4
        const at = from + (where % (compressed.length - from))
        compressed[at] = compressed[at]! ^ ((by % 255) + 1)
        const outcome = yield* Effect.result(decompressAll(compressed, { pieces }))
        if (outcome._tag === "Success") {
          // A date, a name, an operating system: not part of the file.
          assert.isTrue(outcome.success.body.equals(body), `${kind}: byte ${at}`)
        } else {
          assert.include(
            ["corrupt_compression", "unsupported_compression", "not_csv"],
            outcome.failure.code,
            outcome.failure.message,
          )
        }
      }),
    manyRuns,
  )

  it.live.prop(
    "are an error if a file is truncated",
    [bodies, keyOf(files), pieces, natural],
    ([body, kind, pieces, where]) =>
      Effect.gen(function* () {
        const compressed = files[kind].compress(body)
        const length = 4 + (where % (compressed.length - 4))
        const outcome = yield* Effect.result(decompressAll(compressed.subarray(0, length), { pieces }))
        // Between members or frames a file can end: neither format counts its parts.
        if (outcome._tag === "Success") assert.match(kind, /two members|three frames/)
        else assert.strictEqual(outcome.failure.code, "corrupt_compression", outcome.failure.message)
      }),
    manyRuns,
  )

  it.live.prop(
    "are an error if a content coding is truncated",
    [Arbitrary.filter(bodies, ({ length }) => length > 0), keyOf(codings), pieces, natural],
    ([body, name, pieces, where]) =>
      Effect.gen(function* () {
        const compressed = codings[name](body)
        const length = 1 + (where % (compressed.length - 1))
        const error = yield* Effect.flip(
          decompressAll(compressed.subarray(0, length), { pieces, codings: [name] }),
        )
        assert.strictEqual(error.code, "corrupt_compression")
        assert.isFalse(error.isRetryable)
      }),
    runs,
  )

  it.live("mean a broken download if they are truncated and only the connection ends them", () =>
    Effect.gen(function* () {
      const compressed = zlib.gzipSync("a,b\n1,2\n")
      const truncated = compressed.subarray(0, -3)
      const error = yield* Effect.flip(decompressAll(truncated, { endsWithConnection: true }))
      assert.strictEqual(error.code, "source_interrupted")
      assert.include(error.message, `after ${compressed.length - 3} bytes`)
      // The outer gzip is complete, so the download was not broken.
      const outer = yield* Effect.flip(decompressAll(zlib.gzipSync(truncated), { endsWithConnection: true }))
      assert.strictEqual(outer.code, "corrupt_compression")
    }),
  )

  it.live("are reported with the offset of the first byte after the compressed data", () =>
    Effect.gen(function* () {
      const complete = {
        deflate: zlib.deflateSync("a\n1\n"),
        br: zlib.brotliCompressSync("a\n1\n"),
        zstd: zlib.zstdCompressSync("a\n1\n"),
      }
      for (const [name, compressed] of Object.entries(complete)) {
        for (const pieces of [[1], [1000]]) {
          const bytes = Buffer.concat([compressed, Buffer.from("\n")])
          const error = yield* Effect.flip(decompressAll(bytes, { codings: [name], pieces }))
          assert.strictEqual(error.code, "corrupt_compression")
          if (name !== "zstd") assert.include(error.message, `near byte ${compressed.length}`)
        }
      }
    }),
  )

  it.live("are any bytes after a gzip file except zeros", () =>
    Effect.gen(function* () {
      const compressed = zlib.gzipSync("a\n1\n")
      for (const pieces of [[1], [1000], [compressed.length]]) {
        const padded = yield* decompressAll(Buffer.concat([compressed, Buffer.alloc(10_000)]), { pieces })
        assert.strictEqual(padded.body.toString(), "a\n1\n")
        for (const excess of ["x", "\x1f", "garbage", "\0\0x"]) {
          const bytes = Buffer.concat([compressed, Buffer.from(excess)])
          const error = yield* Effect.flip(decompressAll(bytes, { pieces }))
          assert.strictEqual(error.code, "corrupt_compression")
        }
        const hidden = Buffer.concat([compressed, Buffer.alloc(5), zlib.gzipSync("2\n")])
        const error = yield* Effect.flip(decompressAll(hidden, { pieces }))
        assert.include(error.message, `near byte ${compressed.length + 5}`)
      }
    }),
  )

  it.live("are an uncompressed file with a Content-Encoding", () =>
    Effect.gen(function* () {
      for (const name of Object.keys(codings)) {
        const error = yield* Effect.flip(decompressAll(Buffer.from("id,name\n1,Ann\n"), { codings: [name] }))
        assert.strictEqual(error.code, "corrupt_compression")
      }
    }),
  )
})
