import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { setImmediate } from "node:timers/promises"
import * as zlib from "node:zlib"
import { decompressed } from "../../../support/decompression.ts"

describe("a slow consumer", () => {
  it.live("holds up the decoder, and the decoder holds up the source", () =>
    Effect.gen(function* () {
      const body = Buffer.alloc(16 * 1024 * 1024)
      const compressed = zlib.gzipSync(body, { level: 1 })
      const piece = 1024
      let sent = 0
      const source = Stream.fromIterable(
        (function* () {
          for (let at = 0; at < compressed.length; at += piece) {
            sent += piece
            yield compressed.subarray(at, at + piece)
          }
        })(),
        { chunkSize: 1 },
      )
      const ratio = body.length / compressed.length
      let taken = 0
      yield* Stream.runForEach(decompressed(source).bytes, (chunk) =>
        Effect.promise(async () => {
          taken += chunk.length
          if (taken > 256 * 1024) return
          // Time enough for a decoder that is not held up.
          for (let turn = 0; turn < 50; turn++) await setImmediate()
          assert.isAtMost(sent * ratio, taken + 3 * piece * ratio + 256 * 1024)
        }),
      )
      assert.strictEqual(taken, body.length)
    }),
  )
})
