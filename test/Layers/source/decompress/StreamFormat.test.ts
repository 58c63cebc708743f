import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as zlib from "node:zlib"
import { ByteReader } from "../../../../src/Layers/source/decompress/ByteReader.ts"
import { compressionErrors } from "../../../../src/Layers/source/decompress/CompressionErrors.ts"
import { decodeStream, gzip, zstd } from "../../../../src/Layers/source/decompress/StreamFormat.ts"
import { decompressAll } from "../../../support/decompression.ts"
import { type NextChunk } from "../../../../src/Bytes/NextChunk.ts"

describe("a decoder", () => {
  it.live("is freed with its scope, even while it waits for bytes", () =>
    Effect.gen(function* () {
      const compressed = zlib.gzipSync(Buffer.alloc(1_000_000, "a,b\n"))
      const created: Array<zlib.Gunzip> = []
      const format = {
        ...gzip,
        create: () => {
          const gunzip = zlib.createGunzip()
          created.push(gunzip)
          return gunzip
        },
      }
      const isWaiting = yield* Deferred.make<void>()
      let sent = 0
      const source: NextChunk = Effect.suspend(() =>
        sent < 2
          ? Effect.succeed(compressed.subarray(sent * 400, ++sent * 400))
          : Effect.andThen(Deferred.succeed(isWaiting, undefined), Effect.never),
      )
      const scope = yield* Scope.make()
      const next = yield* decodeStream(
        format,
        new ByteReader(source),
        compressionErrors("h", "gzip", null, false),
      ).pipe(Scope.provide(scope))
      assert.isNotNull(yield* next)
      const waiting = yield* Effect.forkChild(Effect.forever(next))
      yield* Deferred.await(isWaiting)
      assert.isFalse(created[0]?.destroyed)
      yield* Fiber.interrupt(waiting)
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(created[0]?.destroyed)
      assert.strictEqual(created.length, 1)
    }),
  )

  it.live("frees zlib at the end of the data", () =>
    Effect.gen(function* () {
      const compressed = zlib.gzipSync("a\n1\n")
      let gunzip: zlib.Gunzip | undefined
      const format = { ...gzip, create: () => (gunzip = zlib.createGunzip()) }
      let isSent = false
      const source: NextChunk = Effect.sync(() => {
        if (isSent) return null
        isSent = true
        return compressed
      })
      const next = yield* decodeStream(
        format,
        new ByteReader(source),
        compressionErrors("h", "gzip", null, false),
      )
      assert.strictEqual(Buffer.from((yield* next) ?? []).toString(), "a\n1\n")
      assert.isNull(yield* next)
      assert.isNull(yield* next)
      assert.isTrue(gunzip?.destroyed)
    }).pipe(Effect.scoped),
  )
})

describe("frames of Zstandard without content", () => {
  it.live("cost no decoder, however many there are and however they are cut", () =>
    Effect.gen(function* () {
      const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4])
      const file = zlib.zstdCompressSync("a,b\n1,2\n")
      const frames = [...Array.from({ length: 20_000 }, () => skippable), file, skippable, file, skippable]
      const created: Array<zlib.ZstdDecompress> = []
      const format = {
        ...zstd,
        create: () => {
          const decoder = zlib.createZstdDecompress()
          created.push(decoder)
          return decoder
        },
      }
      const bytes = Buffer.concat(frames)
      let at = 0
      const source: NextChunk = Effect.sync(() =>
        at < bytes.length ? bytes.subarray(at, (at += 1000)) : null,
      )
      const next = yield* decodeStream(
        format,
        new ByteReader(source),
        compressionErrors("h", "zstd", null, false),
      )
      let text = ""
      for (let chunk = yield* next; chunk !== null; chunk = yield* next) text += Buffer.from(chunk).toString()
      assert.strictEqual(text, "a,b\n1,2\na,b\n1,2\n")
      assert.lengthOf(created, 2)
    }).pipe(Effect.scoped),
  )

  it.live("are an empty file if there is nothing else, and truncated if they are cut", () =>
    Effect.gen(function* () {
      const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4])
      const { body } = yield* decompressAll(skippable)
      assert.strictEqual(body.length, 0)
      const error = yield* Effect.flip(decompressAll(skippable.subarray(0, 10)))
      assert.strictEqual(error.code, "corrupt_compression")
    }),
  )
})

describe("too little memory", () => {
  it.live.each(["Z_MEM_ERROR", "ZSTD_error_memory_allocation", "ERR__ERROR_ALLOC_RING_BUFFER_1"])(
    "is a retryable error, unlike corrupt data: %s",
    (code) =>
      Effect.gen(function* () {
        const format = {
          ...gzip,
          create: () => zlib.createGunzip().destroy(Object.assign(new Error("no memory"), { code })),
        }
        const source = Effect.succeed(zlib.gzipSync("a\n1\n"))
        const errors = compressionErrors("h", "gzip", null, false)
        const next = yield* decodeStream(format, new ByteReader(source), errors)
        const error = yield* Effect.flip(next)
        assert.strictEqual(error.code, "internal_error")
        assert.isTrue(error.isRetryable)
      }).pipe(Effect.scoped),
  )
})

describe("deflate without a zlib header", () => {
  it.live("is decoded, because some servers send it", () =>
    Effect.gen(function* () {
      for (const level of [0, 1, 9]) {
        const compressed = zlib.deflateRawSync("a,b\n1,2\n", { level })
        const { body } = yield* decompressAll(compressed, { codings: ["deflate"], pieces: [1] })
        assert.strictEqual(body.toString(), "a,b\n1,2\n")
      }
    }),
  )
})

describe("an empty body", () => {
  it.live("is an empty file in every content coding", () =>
    Effect.gen(function* () {
      for (const name of ["gzip", "x-gzip", "deflate", "br", "zstd"]) {
        const { body } = yield* decompressAll(new Uint8Array(0), { codings: [name] })
        assert.strictEqual(body.length, 0)
      }
    }),
  )
})

describe("a zstd frame", () => {
  it.live("with a window of more than 128 MiB is refused, with advice", () =>
    Effect.gen(function* () {
      // Signature, descriptor without sizes, window of 2^(10 + 18) bytes; then one empty last block.
      const compressed = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 18 << 3, 1, 0, 0])
      const error = yield* Effect.flip(decompressAll(compressed))
      assert.strictEqual(error.code, "unsupported_compression")
      assert.include(error.message, "--long")
    }),
  )
})
