import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as zlib from "node:zlib"
import { decompressAll } from "../../../support/decompression.ts"

const body = "id,name\n1,Ann\n2,Bob\n"

/** A gzip file whose size, and so its last four bytes, is this one. */
const ofSize = (size: number) => zlib.gzipSync(Buffer.alloc(size, body))

/** Sizes whose bytes in the trailer look like padding. */
const paddingLike = [10, 13, 32, 0x0a0d, 0x2020, 0x200a09]

const cuts: ReadonlyArray<ReadonlyArray<number>> = [[1 << 20], [1], [7, 1, 2], [64]]

describe("white space and zeros after gzip data", () => {
  it.live.each([
    "\n",
    "\r\n",
    " ",
    "\n\n",
    "\0",
    "\0\0\n",
    "\n\0",
    " \t\0 ".repeat(100),
    "\n".repeat(50_000),
  ])("are ignored, however they are cut: %j", (padding) =>
    Effect.gen(function* () {
      for (const pieces of padding.length > 1000 ? [[1000]] : cuts) {
        const file = Buffer.concat([zlib.gzipSync(body), Buffer.from(padding)])
        const { body: read } = yield* decompressAll(file, { pieces })
        assert.strictEqual(read.toString(), body)
      }
    }),
  )

  it.live.each(paddingLike)("are distinguished from a trailer that looks like them: %i bytes", (size) =>
    Effect.gen(function* () {
      for (const padding of ["", "\n", "\0", "\n\n", " \0\n"])
        for (const pieces of [[1 << 20], [1000], [ofSize(size).length - 1, 1]]) {
          const file = Buffer.concat([ofSize(size), Buffer.from(padding)])
          const read = yield* decompressAll(file, { pieces })
          assert.strictEqual(read.body.length, size)
        }
    }),
  )

  it.live.each(paddingLike)("do not hide that the trailer is truncated: %i bytes", (size) =>
    Effect.gen(function* () {
      for (let missing = 1; missing <= 8; missing++)
        for (const pieces of [[1 << 20], [1000]]) {
          const error = yield* Effect.flip(decompressAll(ofSize(size).subarray(0, -missing), { pieces }))
          assert.strictEqual(error.code, "corrupt_compression")
        }
    }),
  )

  it.live("may stand in the middle of the data", () =>
    Effect.gen(function* () {
      // Stored blocks hold the text as it is, so that chunks end with blanks.
      const text = " \n\t ".repeat(50_000)
      const file = zlib.gzipSync(text, { level: 0 })
      for (const pieces of [[1000], [65_536], [3001]]) {
        const { body: read } = yield* decompressAll(file, { pieces })
        assert.strictEqual(read.toString(), text)
      }
    }),
  )
})

describe("anything else after gzip data", () => {
  it.live.each(["3,Cid\n", "xy", "<!-- served by cache -->\n", "\n3,Cid\n", "\0\0x"])(
    "is an error with its place: %j",
    (tail) =>
      Effect.gen(function* () {
        const data = zlib.gzipSync(body)
        for (const pieces of cuts) {
          const file = Buffer.concat([data, Buffer.from(tail)])
          const error = yield* Effect.flip(decompressAll(file, { pieces }))
          assert.strictEqual(error.code, "corrupt_compression")
          const at = Number(
            /near byte (\d+): the compressed data end there, but more follows/.exec(error.message)?.[1],
          )
          assert.closeTo(at, data.length, 8, error.message)
        }
      }),
  )
})

describe("data that the Content-Encoding does not describe", () => {
  it.live.each(["gzip", "x-gzip", "zstd", "br", "deflate"])(
    "are an error that names the header: %s",
    (coding) =>
      Effect.gen(function* () {
        for (const plain of [body, "a\n", "<html>"]) {
          const error = yield* Effect.flip(decompressAll(Buffer.from(plain), { codings: [coding] }))
          assert.strictEqual(error.code, "corrupt_compression")
          assert.notMatch(error.message, /compress the file again/i)
          assert.include(error.message, "Content-Encoding")
        }
      }),
  )
})
