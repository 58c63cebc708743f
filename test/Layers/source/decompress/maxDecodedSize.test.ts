import { assert, describe, it } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as zlib from "node:zlib"
import { unpack, unpacking } from "../../../support/decompression.ts"
import { zipFile } from "../../../support/ZipFile.ts"

describe("a file that unpacks to more than MAX_DECODED_SIZE", () => {
  it.live("is refused before the first byte over it gets through, with both sizes", () =>
    Effect.gen(function* () {
      const packed = zlib.gzipSync(Buffer.alloc(5_000_000, "a"))
      let got = 0
      const error = yield* unpacking(packed, { maxDecodedSize: ByteSize.megabytes(1) }).bytes.pipe(
        Stream.runForEach((chunk) =>
          Effect.sync(() => {
            got += chunk.length
          }),
        ),
        Effect.flip,
      )
      assert.propertyVal(error, "code", "source_too_large")
      assert.include(error.message, "The first 0 bytes")
      assert.include(error.message, "MAX_DECODED_SIZE (976.56 KiB)")
      assert.isAtMost(got, 1_000_000)
    }),
  )

  it.live("may reach exactly that size", () =>
    Effect.gen(function* () {
      const packed = zlib.gzipSync(Buffer.alloc(1_000_000, "a"))
      const { body } = yield* unpack(packed, { maxDecodedSize: ByteSize.megabytes(1) })
      assert.strictEqual(body.length, 1_000_000)
    }),
  )

  it.live(
    "is stopped on the way, also where its last step makes it small again, or is only passed over",
    () =>
      Effect.gen(function* () {
        const maxDecodedSize = ByteSize.megabytes(1)
        const zeros = Buffer.alloc(5_000_000)
        const padded = zlib.gzipSync(Buffer.concat([zlib.gzipSync("a\n1\n"), zeros]))
        const skipped = zipFile([{ name: "notes.pdf", body: zeros, descriptor: "plain" }])
        for (const packed of [padded, skipped]) {
          const error = yield* Effect.flip(unpack(packed, { maxDecodedSize }))
          assert.strictEqual(error.code, "source_too_large")
        }
      }),
  )

  it.live("is not unpacked for ever when it holds itself over and over", () =>
    Effect.gen(function* () {
      let packed = Buffer.from("a\n1\n")
      for (let n = 0; n < 4; n++) packed = zlib.gzipSync(packed)
      const { body, compression } = yield* unpack(packed)
      assert.strictEqual(compression, "gzip+gzip+gzip")
      assert.deepStrictEqual([...body.subarray(0, 2)], [0x1f, 0x8b])
    }),
  )
})
