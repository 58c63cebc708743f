import { assert, describe, it } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as zlib from "node:zlib"
import { decompressAll, decompressed } from "../../../support/decompression.ts"
import { zipFile } from "../../../support/ZipFile.ts"

const maxDecodedSize = ByteSize.megabytes(1)

describe("a file that decompresses to more than MAX_DECODED_SIZE", () => {
  it.live("fails before the first byte over the limit, and the error has both sizes", () =>
    Effect.gen(function* () {
      const bomb = zlib.gzipSync(Buffer.alloc(5_000_000, "a"))
      let got = 0
      const error = yield* decompressed(bomb, { maxDecodedSize }).bytes.pipe(
        Stream.runForEach((chunk) =>
          Effect.sync(() => {
            got += chunk.length
          }),
        ),
        Effect.flip,
      )
      assert.propertyVal(error, "code", "source_too_large")
      assert.include(error.message, `The first ${bomb.length} bytes`)
      assert.include(error.message, "MAX_DECODED_SIZE (976.56 KiB)")
      assert.isAtMost(got, 1_000_000)
    }),
  )

  it.live("fails in an inner layer, and in an entry of an archive that is skipped", () =>
    Effect.gen(function* () {
      const zeros = Buffer.alloc(5_000_000)
      const padded = zlib.gzipSync(Buffer.concat([zlib.gzipSync("a\n1\n"), zeros]))
      const skipped = zipFile([{ name: "notes.pdf", body: zeros, descriptor: "plain" }])
      for (const bomb of [padded, skipped]) {
        const error = yield* Effect.flip(decompressAll(bomb, { maxDecodedSize }))
        assert.strictEqual(error.code, "source_too_large")
      }
    }),
  )
})

describe("a file that decompresses to exactly MAX_DECODED_SIZE", () => {
  it.live("is read", () =>
    Effect.gen(function* () {
      const compressed = zlib.gzipSync(Buffer.alloc(1_000_000, "a"))
      const { body } = yield* decompressAll(compressed, { maxDecodedSize })
      assert.strictEqual(body.length, 1_000_000)
    }),
  )
})

describe("a file that is compressed many times", () => {
  it.live("is decompressed three times", () =>
    Effect.gen(function* () {
      let compressed = Buffer.from("a\n1\n")
      for (let n = 0; n < 4; n++) compressed = zlib.gzipSync(compressed)
      const { body, compression } = yield* decompressAll(compressed)
      assert.strictEqual(compression, "gzip+gzip+gzip")
      assert.deepStrictEqual([...body.subarray(0, 2)], [0x1f, 0x8b])
    }),
  )
})
