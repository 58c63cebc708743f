import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as zlib from "node:zlib"
import { ByteReader } from "../../../../src/Layers/source/decompress/ByteReader.ts"
import { compressionErrors } from "../../../../src/Layers/source/decompress/CompressionErrors.ts"
import { decodeStream, gzip } from "../../../../src/Layers/source/decompress/StreamFormat.ts"
import { unpack } from "../../../support/decompression.ts"
import { type NextChunk } from "../../../../src/Bytes/NextChunk.ts"

describe("a decoder", () => {
  it.live("is freed with its scope, in the middle of a file and of a wait", () =>
    Effect.gen(function* () {
      const packed = zlib.gzipSync(Buffer.alloc(1_000_000, "a,b\n"))
      const engines: Array<zlib.Gunzip> = []
      const spied = {
        ...gzip,
        create: () => {
          const engine = zlib.createGunzip()
          engines.push(engine)
          return engine
        },
      }
      const isWaiting = yield* Deferred.make<void>()
      let sent = 0
      const source: NextChunk = Effect.suspend(() =>
        sent < 2
          ? Effect.succeed(packed.subarray(sent * 400, ++sent * 400))
          : Effect.andThen(Deferred.succeed(isWaiting, undefined), Effect.never),
      )
      const scope = yield* Scope.make()
      const next = yield* decodeStream(
        spied,
        new ByteReader(source),
        compressionErrors("h", "gzip", false),
      ).pipe(Scope.provide(scope))
      assert.isNotNull(yield* next)
      const waiting = yield* Effect.forkChild(Effect.forever(next))
      yield* Deferred.await(isWaiting)
      assert.isFalse(engines[0]?.destroyed)
      yield* Fiber.interrupt(waiting)
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(engines[0]?.destroyed)
      assert.strictEqual(engines.length, 1)
    }),
  )

  it.live("frees each part's engine when the part ends", () =>
    Effect.gen(function* () {
      const packed = zlib.gzipSync("a\n1\n")
      let engine: zlib.Gunzip | undefined
      const spied = { ...gzip, create: () => (engine = zlib.createGunzip()) }
      let isSent = false
      const source: NextChunk = Effect.sync(() => {
        if (isSent) return null
        isSent = true
        return packed
      })
      const next = yield* decodeStream(spied, new ByteReader(source), compressionErrors("h", "gzip", false))
      assert.strictEqual(Buffer.from((yield* next) ?? []).toString(), "a\n1\n")
      assert.isNull(yield* next)
      assert.isNull(yield* next)
      assert.isTrue(engine?.destroyed)
    }).pipe(Effect.scoped),
  )
})

describe("deflate without its zlib header", () => {
  it.live("is read as some servers send it", () =>
    Effect.gen(function* () {
      for (const level of [0, 1, 9]) {
        const packed = zlib.deflateRawSync("a,b\n1,2\n", { level })
        const { body } = yield* unpack(packed, { codings: ["deflate"], pieces: [1] })
        assert.strictEqual(body.toString(), "a,b\n1,2\n")
      }
    }),
  )
})

describe("an empty body", () => {
  it.live("is an empty file whatever its coding", () =>
    Effect.gen(function* () {
      for (const name of ["gzip", "x-gzip", "deflate", "br", "zstd"]) {
        const { body } = yield* unpack(new Uint8Array(0), { codings: [name] })
        assert.strictEqual(body.length, 0)
      }
    }),
  )
})

describe("a zstd frame", () => {
  it.live("with a window of more than 128 MiB is refused with advice", () =>
    Effect.gen(function* () {
      // Magic, descriptor without sizes, window of 2^(10 + 18) bytes; then one empty last block.
      const packed = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 18 << 3, 1, 0, 0])
      const error = yield* Effect.flip(unpack(packed))
      assert.strictEqual(error.code, "unsupported_compression")
      assert.include(error.message, "--long")
    }),
  )
})
