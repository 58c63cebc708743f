import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as zlib from "node:zlib"
import { unpacking } from "../../../support/decompression.ts"

describe("a slow consumer", () => {
  it.live("holds up the decoder, and the decoder the source", () =>
    Effect.gen(function* () {
      const body = Buffer.alloc(64 * 1024 * 1024)
      const packed = zlib.gzipSync(body, { level: 1 })
      const piece = 1024
      let sent = 0
      const source = Stream.fromIterable(
        (function* () {
          for (let at = 0; at < packed.length; at += piece) {
            sent += piece
            yield packed.subarray(at, at + piece)
          }
        })(),
        { chunkSize: 1 },
      )
      let taken = 0
      yield* Stream.runForEach(unpacking(source).bytes, (chunk) =>
        Effect.gen(function* () {
          taken += chunk.length
          if (taken > 256 * 1024) return
          // Give the decoder every chance to run ahead.
          for (let turn = 0; turn < 50; turn++)
            yield* Effect.callback<void>((resume) => {
              setImmediate(() => resume(Effect.void))
            })
          const ratio = body.length / packed.length
          assert.isAtMost(sent * ratio, taken + 3 * piece * ratio + 256 * 1024)
        }),
      )
      assert.strictEqual(taken, body.length)
    }),
  )
})
