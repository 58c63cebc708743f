import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as zlib from "node:zlib"
import { unpack } from "../../../support/decompression.ts"
import { zipFile } from "../../../support/ZipFile.ts"

const checked = { params: { [zlib.constants.ZSTD_c_checksumFlag]: 1 } }

/** Every way to pack a file; the first bytes tell those that need no coding. */
const packings = {
  "gzip file": { pack: (body: Buffer) => zlib.gzipSync(body), name: "gzip" },
  "gzip file of two members": {
    pack: (body: Buffer) => {
      const half = body.length >> 1
      return Buffer.concat([zlib.gzipSync(body.subarray(0, half)), zlib.gzipSync(body.subarray(half))])
    },
    name: "gzip",
  },
  "zstd file": { pack: (body: Buffer) => zlib.zstdCompressSync(body, checked), name: "zstd" },
  "zstd file of three frames, one to be skipped": {
    pack: (body: Buffer) => {
      const half = body.length >> 1
      return Buffer.concat([
        Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]),
        zlib.zstdCompressSync(body.subarray(0, half), checked),
        zlib.zstdCompressSync(body.subarray(half), checked),
      ])
    },
    name: "zstd",
  },
  "ZIP archive": { pack: (body: Buffer) => zipFile([{ name: "a.csv", body }]), name: "zip" },
  "ZIP archive with a descriptor": {
    pack: (body: Buffer) => zipFile([{ name: "a.csv", body, descriptor: "plain" }]),
    name: "zip",
  },
  "stored ZIP archive": {
    pack: (body: Buffer) => zipFile([{ name: "a.csv", body, method: 0 }]),
    name: "zip",
  },
  "stored ZIP archive with a descriptor": {
    pack: (body: Buffer) => zipFile([{ name: "a.csv", body, method: 0, descriptor: "plain" }]),
    name: "zip",
  },
  "ZIP archive of a gzip file": {
    pack: (body: Buffer) => zipFile([{ name: "a.csv.gz", body: zlib.gzipSync(body), method: 0 }]),
    name: "zip+gzip",
  },
} as const

const codings = {
  gzip: (body: Buffer) => zlib.gzipSync(body),
  "x-gzip": (body: Buffer) => zlib.gzipSync(body),
  deflate: (body: Buffer) => zlib.deflateSync(body),
  br: (body: Buffer) =>
    zlib.brotliCompressSync(body, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
  zstd: (body: Buffer) => zlib.zstdCompressSync(body, checked),
} as const

const natural = Arbitrary.schema(Schema.Natural)
/** From nothing to several chunks of a decoder, compressible or not; begins like no packed file. */
const bodies = Arbitrary.map(
  Arbitrary.all({ seed: natural, length: natural, isRandom: Arbitrary.schema(Schema.Boolean) }),
  ({ seed, length, isRandom }) => {
    let state = (seed % 2_147_483_646) + 1
    const body = Buffer.alloc((length * 7919) % 300_000)
    for (let at = 0; at < body.length; at++) {
      state = (state * 48_271) % 2_147_483_647
      body[at] = isRandom ? state & 0xff : 97 + (state % 5)
    }
    body.write("a,b\n")
    return body
  },
)
/** Pieces of the network; single bytes at first, for headers are cut too. */
const pieces = Arbitrary.map(
  Arbitrary.array(natural, { minLength: 1, maxLength: 4 }),
  (sizes): ReadonlyArray<number> => [...sizes.map((size) => (size % 40) + 1), 1, 7000, 65_536],
)
const runs = { arbitrary: { runs: 60 } }
const firstOf = <K extends string>(record: Readonly<Record<K, unknown>>) =>
  Arbitrary.schema(Schema.Literals(Object.keys(record) as Array<K>))

describe("any bytes, packed in any way and cut anywhere", () => {
  it.live.prop(
    "come back as they were, from a packed file",
    [bodies, firstOf(packings), pieces],
    ([body, kind, pieces]) =>
      Effect.gen(function* () {
        const { pack, name } = packings[kind]
        const file = yield* unpack(pack(body), { pieces })
        assert.isTrue(file.body.equals(body), kind)
        assert.strictEqual(file.compression, name)
      }),
    runs,
  )

  it.live.prop(
    "come back as they were, through several content codings, around a packed file or not",
    [bodies, Arbitrary.array(firstOf(codings), { minLength: 1, maxLength: 3 }), pieces],
    ([body, names, pieces]) =>
      Effect.gen(function* () {
        const packed = names.reduce((bytes, name) => codings[name](bytes), zlib.gzipSync(body))
        const file = yield* unpack(packed, { pieces, codings: names.toReversed() })
        assert.isTrue(file.body.equals(body), names.join())
      }),
    runs,
  )

  it.live("that are not packed come as they are, and so do none", () =>
    Effect.gen(function* () {
      for (const text of ["", "a", "P,K\n", "PK\x03,\x04", "(\n", "Z*M,1\n"]) {
        const { body, compression } = yield* unpack(Buffer.from(text), { pieces: [1] })
        assert.strictEqual(body.toString(), text)
        assert.strictEqual(compression, null)
      }
    }),
  )
})

describe("damaged bytes", () => {
  it.live.prop(
    "never pass for others, and never hang: one byte changed behind the signature",
    [bodies, firstOf(packings), pieces, natural, natural],
    ([body, kind, pieces, where, by]) =>
      Effect.gen(function* () {
        const packed = Buffer.from(packings[kind].pack(body))
        // The length of a frame to be skipped is guarded by nothing.
        const from = kind === "zstd file of three frames, one to be skipped" ? 11 : 4
        const at = from + (where % (packed.length - from))
        packed[at] = packed[at]! ^ ((by % 255) + 1)
        const outcome = yield* Effect.result(unpack(packed, { pieces }))
        if (outcome._tag === "Success") {
          // A date, a name, an operating system: no part of the file.
          assert.isTrue(outcome.success.body.equals(body), `${kind}: byte ${at}`)
        } else {
          assert.include(
            ["corrupt_compression", "unsupported_compression", "not_csv"],
            outcome.failure.code,
            outcome.failure.message,
          )
        }
      }),
    { arbitrary: { runs: 300 } },
  )

  it.live.prop(
    "that are cut off are never whole",
    [bodies, firstOf(packings), pieces, natural],
    ([body, kind, pieces, where]) =>
      Effect.gen(function* () {
        const packed = packings[kind].pack(body)
        const length = 4 + (where % (packed.length - 4))
        const outcome = yield* Effect.result(unpack(packed.subarray(0, length), { pieces }))
        // Between two members or frames a file may well end: neither format counts its parts.
        if (outcome._tag === "Success") assert.match(kind, /two members|three frames/)
        else assert.strictEqual(outcome.failure.code, "corrupt_compression", outcome.failure.message)
      }),
    { arbitrary: { runs: 300 } },
  )

  it.live.prop(
    "of a content coding that are cut off are never whole",
    [Arbitrary.filter(bodies, ({ length }) => length > 0), firstOf(codings), pieces, natural],
    ([body, name, pieces, where]) =>
      Effect.gen(function* () {
        const packed = codings[name](body)
        const length = 1 + (where % (packed.length - 1))
        const error = yield* Effect.flip(unpack(packed.subarray(0, length), { pieces, codings: [name] }))
        assert.strictEqual(error.code, "corrupt_compression")
        assert.isFalse(error.isRetryable)
      }),
    runs,
  )

  it.live("that are cut off where only the connection ends them are a broken download", () =>
    Effect.gen(function* () {
      const packed = zlib.gzipSync("a,b\n1,2\n")
      const error = yield* Effect.flip(unpack(packed.subarray(0, -3), { endsWithConnection: true }))
      assert.strictEqual(error.code, "source_interrupted")
      assert.include(error.message, `after ${packed.length - 3} bytes`)
      // The outer gzip is whole, so no download broke off.
      const inner = zlib.gzipSync(packed.subarray(0, -3))
      const other = yield* Effect.flip(unpack(inner, { endsWithConnection: true }))
      assert.strictEqual(other.code, "corrupt_compression")
    }),
  )

  it.live("are told from what merely follows: its place is named", () =>
    Effect.gen(function* () {
      const behind = Buffer.from("\n")
      const whole = {
        deflate: zlib.deflateSync("a\n1\n"),
        br: zlib.brotliCompressSync("a\n1\n"),
        zstd: zlib.zstdCompressSync("a\n1\n"),
      }
      for (const [name, packed] of Object.entries(whole)) {
        for (const pieces of [[1], [1000]]) {
          const bytes = Buffer.concat([packed, behind])
          const error = yield* Effect.flip(unpack(bytes, { codings: [name], pieces }))
          assert.strictEqual(error.code, "corrupt_compression")
          if (name !== "zstd") assert.include(error.message, `near byte ${packed.length}`)
        }
      }
    }),
  )

  it.live("behind a gzip file are padding when they are zero, and an error otherwise, of one byte too", () =>
    Effect.gen(function* () {
      const packed = zlib.gzipSync("a\n1\n")
      for (const pieces of [[1], [1000], [packed.length]]) {
        const padded = yield* unpack(Buffer.concat([packed, Buffer.alloc(100_000)]), { pieces })
        assert.strictEqual(padded.body.toString(), "a\n1\n")
        for (const behind of ["x", "\x1f", "garbage", "\0\0x"]) {
          const error = yield* Effect.flip(unpack(Buffer.concat([packed, Buffer.from(behind)]), { pieces }))
          assert.strictEqual(error.code, "corrupt_compression")
        }
        const hidden = Buffer.concat([packed, Buffer.alloc(5), zlib.gzipSync("2\n")])
        const error = yield* Effect.flip(unpack(hidden, { pieces }))
        assert.include(error.message, `near byte ${packed.length + 5}`)
      }
    }),
  )

  it.live("that the server calls compressed and that are not are an error", () =>
    Effect.gen(function* () {
      for (const name of Object.keys(codings)) {
        const error = yield* Effect.flip(unpack(Buffer.from("id,name\n1,Ann\n"), { codings: [name] }))
        assert.strictEqual(error.code, "corrupt_compression")
      }
    }),
  )
})
