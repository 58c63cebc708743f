import { assert, describe, it } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as zlib from "node:zlib"
import { decompressAll } from "../support/decompression.ts"

const expansion = { ratio: 100, beyond: ByteSize.kilobytes(500) }
const zeros = Buffer.from("0\n".repeat(1_000_000))
const noise = Buffer.from(Array.from({ length: 300_000 }, (_, n) => `${(n * 7919) % 104_729},x\n`).join(""))

describe("MAX_EXPANSION", () => {
  it.live.each<readonly [name: string, bytes: Uint8Array, codings: ReadonlyArray<string>]>([
    ["gzip", zlib.gzipSync(zeros), []],
    ["gzip in gzip", zlib.gzipSync(zlib.gzipSync(zeros)), []],
    ["three layers", zlib.gzipSync(zlib.gzipSync(zlib.gzipSync(zeros))), []],
    [
      "several members",
      Buffer.concat(Array.from({ length: 10 }, () => zlib.gzipSync(zeros.subarray(0, 200_000)))),
      [],
    ],
    ["zstd", zlib.zstdCompressSync(zeros), []],
    ["br", zlib.brotliCompressSync(zeros), ["br"]],
    ["deflate", zlib.deflateSync(zeros), ["deflate"]],
    ["gzip in a coding", zlib.gzipSync(zlib.gzipSync(zeros)), ["gzip"]],
    ["two codings", zlib.brotliCompressSync(zlib.gzipSync(zeros)), ["br", "gzip"]],
  ])("ends a file that expands more: %s", ([, bytes, codings]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(decompressAll(bytes, { codings, expansion }))
      assert.propertyVal(error, "code", "source_too_large")
      assert.include(error.message, "100 times as many, which is MAX_EXPANSION (for more than")
    }),
  )

  it.live.each<readonly [name: string, bytes: Uint8Array]>([
    ["an ordinary ratio", zlib.gzipSync(noise)],
    ["little output", zlib.gzipSync(zeros.subarray(0, 400_000))],
    ["no compression", noise],
  ])("lets other files pass: %s", ([, bytes]) =>
    Effect.gen(function* () {
      const { body } = yield* decompressAll(bytes, { expansion })
      assert.isAbove(body.length, 0)
    }),
  )
})
