import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as zlib from "node:zlib"
import * as CsvServer from "../../../support/CsvServer.ts"
import { failure, layer, open, text } from "../../../support/FetchedSource.ts"
import { zipFile } from "../../../support/ZipFile.ts"

const csv = "a,b\n1,2\n"

/** Bytes that hardly compress, more than the buffers on the way hold. */
const incompressible = (length: number): Buffer => {
  const bytes = Buffer.alloc(length)
  for (let at = 0, state = 1; at < length; at++) {
    state = (state * 48_271) % 2_147_483_647
    bytes[at] = 48 + (state & 0x3f)
  }
  return bytes
}

describe("a Content-Encoding", () => {
  const responses: ReadonlyArray<
    readonly [header: string, body: Uint8Array | string, compression: string | null]
  > = [
    ["gzip", zlib.gzipSync(csv), "gzip"],
    ["X-GZIP", zlib.gzipSync(csv), "gzip"],
    ["deflate", zlib.deflateSync(csv), "deflate"],
    ["deflate", zlib.deflateRawSync(csv), "deflate"],
    ["br", zlib.brotliCompressSync(csv), "br"],
    ["zstd", zlib.zstdCompressSync(csv), "zstd"],
    ["identity", csv, null],
    ["aws-chunked", csv, null],
    ["utf-8", csv, null],
    ["identity, gzip ,, br", zlib.brotliCompressSync(zlib.gzipSync(csv)), "br+gzip"],
    ["aws-chunked,gzip", zlib.gzipSync(csv), "gzip"],
    // Compressed files that the server compressed again.
    ["gzip", zlib.gzipSync(zlib.gzipSync(csv)), "gzip+gzip"],
    ["zstd", zlib.zstdCompressSync(zipFile([{ name: "a.csv", body: csv }])), "zstd+zip"],
  ]
  it.live.each(responses)("is undone: %s", ([header, body, compression]) =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.file(body, { "content-encoding": header }))
      const source = yield* open(server.url("/a.csv"))
      assert.strictEqual(yield* text(source.bytes), csv)
      assert.strictEqual(source.compression(), compression)
      assert.strictEqual(source.bytesReceived(), Buffer.byteLength(body))
      assert.strictEqual(source.bytesTotal, Buffer.byteLength(body))
    }).pipe(Effect.provide(layer())),
  )

  it.live("of nine codings is refused", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const many = Array.from({ length: 9 }, () => "gzip").join(", ")
      yield* server.serve("/a.csv", CsvServer.file("…", { "content-encoding": many }))
      assert.strictEqual((yield* failure(server.url("/a.csv"))).code, "unsupported_compression")
    }).pipe(Effect.provide(layer())),
  )
})

describe("a compressed file", () => {
  it.live("is recognized by its first bytes, not by its name or type", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      for (const body of [
        zlib.gzipSync(csv),
        zlib.zstdCompressSync(csv),
        zipFile([{ name: "a", body: csv }]),
      ]) {
        yield* server.serve("/a.csv", CsvServer.file(body))
        const source = yield* open(server.url("/a.csv"))
        assert.strictEqual(yield* text(source.bytes), csv)
      }
    }).pipe(Effect.provide(layer())),
  )

  it.live("is counted in bytes as sent, while they arrive", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv.gz", CsvServer.byHand)
      const opening = yield* Effect.forkChild(open(server.url("/a.csv.gz")))
      const exchange = yield* server.request("/a.csv.gz")
      const packed = zlib.gzipSync(incompressible(300_000))
      yield* exchange.head(200, { "content-length": packed.length })
      const source = yield* Fiber.join(opening)
      assert.strictEqual(source.bytesReceived(), 0)
      assert.strictEqual(source.compression(), null)
      yield* exchange.send(packed.subarray(0, packed.length >> 1))
      let isFirst = true
      yield* Stream.runForEach(source.bytes, () => {
        if (!isFirst) return Effect.void
        isFirst = false
        assert.strictEqual(source.compression(), "gzip")
        assert.isAtMost(source.bytesReceived(), packed.length >> 1)
        assert.isAbove(source.bytesReceived(), 0)
        return exchange.send(packed.subarray(packed.length >> 1))
      })
      assert.strictEqual(source.bytesReceived(), packed.length)
    }).pipe(Effect.provide(layer())),
  )

  it.live("is a retryable error if the download breaks, and a final one if the file is truncated", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const packed = zlib.gzipSync(csv)
      const half = packed.subarray(0, packed.length >> 1)
      yield* server.serve("/broken.csv.gz", (exchange) =>
        exchange
          .head(200, { "content-length": packed.length })
          .pipe(Effect.andThen(exchange.send(half)), Effect.andThen(exchange.cut)),
      )
      yield* server.serve("/short.csv.gz", CsvServer.file(half))
      yield* server.serve("/chunked.csv.gz", (exchange) =>
        exchange.head(200).pipe(Effect.andThen(exchange.send(half)), Effect.andThen(exchange.end)),
      )
      yield* server.serve("/unmeasured.csv.gz", (exchange) =>
        exchange
          .sendRaw("HTTP/1.1 200 OK\r\n\r\n")
          .pipe(Effect.andThen(exchange.sendRaw(half)), Effect.andThen(exchange.cut)),
      )
      const codes: Array<string> = []
      for (const path of ["/broken", "/short", "/chunked", "/unmeasured"])
        codes.push((yield* failure(server.url(`${path}.csv.gz`))).code)
      assert.deepStrictEqual(codes, [
        "source_interrupted",
        "corrupt_compression",
        "corrupt_compression",
        "source_interrupted",
      ])
    }).pipe(Effect.provide(layer())),
  )

  it.live("ends the download if it exceeds MAX_DECODED_SIZE", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const packed = zlib.gzipSync(Buffer.alloc(10_000_000))
      yield* server.serve("/bomb.csv", (exchange) =>
        // The server still has a byte to send, so the connection closes only if the download is ended.
        Effect.andThen(exchange.head(200, { "content-length": packed.length + 1 }), exchange.send(packed)),
      )
      const error = yield* failure(server.url("/bomb.csv"))
      assert.strictEqual(error.code, "source_too_large")
      assert.include(error.message, "MAX_DECODED_SIZE (976.56 KiB)")
      assert.include(error.message, `${packed.length} bytes`)
      yield* (yield* server.request("/bomb.csv")).closed
    }).pipe(Effect.provide(layer({ MAX_DECODED_SIZE: "1 MB" }))),
  )

  it.live("is released with its connection when reading is interrupted", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv.gz", CsvServer.byHand)
      const started = yield* Deferred.make<void>()
      const loading = yield* Effect.forkChild(
        Effect.scoped(
          Effect.gen(function* () {
            const source = yield* open(server.url("/a.csv.gz"))
            yield* Stream.runForEach(source.bytes, () => Deferred.succeed(started, undefined))
          }),
        ),
      )
      const exchange = yield* server.request("/a.csv.gz")
      yield* exchange.head(200)
      yield* exchange.send(zlib.gzipSync(incompressible(300_000)).subarray(0, 200_000))
      yield* Deferred.await(started)
      yield* Fiber.interrupt(loading)
      yield* exchange.closed
    }).pipe(Effect.provide(layer())),
  )
})
