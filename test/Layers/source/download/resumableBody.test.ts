import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as CsvServer from "../../../support/CsvServer.ts"
import { failure, fetchText, layer, open } from "../../../support/FetchedSource.ts"

describe("a file larger than MAX_FILE_SIZE", () => {
  const small = layer({ MAX_FILE_SIZE: "10 B" })

  it.live("is refused before the body if it is declared", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", (exchange) => exchange.head(200, { "content-length": 11 }))
      const error = yield* Effect.flip(open(server.url("/a.csv")))
      assert.strictEqual(error.code, "source_too_large")
      assert.include(error.message, "11 bytes")
      assert.include(error.message, "MAX_FILE_SIZE (10 B)")
      yield* (yield* server.request("/a.csv")).closed
    }).pipe(Effect.provide(small)),
  )

  it.live("ends the download before the first byte over the limit if it is not declared", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.byHand)
      const source = yield* Effect.forkChild(open(server.url("/a.csv")))
      const exchange = yield* server.request("/a.csv")
      yield* exchange.head(200)
      const { bytes } = yield* Fiber.join(source)
      yield* exchange.send("0123456789")
      let got = ""
      const error = yield* bytes.pipe(
        Stream.runForEach((chunk) => {
          got += Buffer.from(chunk).toString()
          return exchange.send("x")
        }),
        Effect.flip,
      )
      assert.propertyVal(error, "code", "source_too_large")
      assert.include(error.message, "11 bytes")
      assert.include(error.message, "MAX_FILE_SIZE (10 B)")
      assert.strictEqual(got, "0123456789")
      yield* exchange.closed
    }).pipe(Effect.provide(small)),
  )

  it.live("does not include a file of exactly that size", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.file("0123456789"))
      assert.strictEqual(yield* fetchText(server.url("/a.csv")), "0123456789")
    }).pipe(Effect.provide(small)),
  )
})

describe("an idle server", () => {
  it.live("before the response is a timeout, and the connection is closed", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.byHand)
      const error = yield* Effect.flip(open(server.url("/a.csv")))
      assert.strictEqual(error.code, "source_timeout")
      assert.include(error.message, "50ms")
      yield* (yield* server.request("/a.csv")).closed
    }).pipe(Effect.provide(layer({ SOURCE_HEADER_TIMEOUT: "50 millis" }))),
  )

  it.live("after a redirect is a timeout of that request", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.redirect("/b.csv"))
      yield* server.serve("/b.csv", CsvServer.byHand)
      assert.strictEqual((yield* failure(server.url("/a.csv"))).code, "source_timeout")
      yield* (yield* server.request("/b.csv")).closed
    }).pipe(Effect.provide(layer({ SOURCE_HEADER_TIMEOUT: "300 millis" }))),
  )

  it.live("in the middle of the file is a timeout, and the error has the bytes received", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", (exchange) =>
        Effect.andThen(exchange.head(200, { "content-length": 100 }), exchange.send("a,b\n")),
      )
      const error = yield* failure(server.url("/a.csv"))
      assert.strictEqual(error.code, "source_timeout")
      assert.include(error.message, "after 4 of 100 bytes")
      yield* (yield* server.request("/a.csv")).closed
    }).pipe(Effect.provide(layer({ SOURCE_IDLE_TIMEOUT: "50 millis" }))),
  )

  it.live("is not a slow consumer", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const size = 32 * 1024 * 1024
      yield* server.serve("/stalled.csv", CsvServer.byHand)
      yield* server.serve("/a.csv", CsvServer.file(new Uint8Array(size)))
      const source = yield* open(server.url("/a.csv"))
      let received = 0
      yield* Stream.runForEach(source.bytes, (chunk) => {
        const isFirst = received === 0
        received += chunk.byteLength
        // Waits for a header timeout, which is longer than the idle timeout.
        return isFirst ? Effect.flip(open(server.url("/stalled.csv"))) : Effect.void
      })
      assert.strictEqual(received, size)
    }).pipe(
      Effect.provide(layer({ SOURCE_IDLE_TIMEOUT: "400 millis", SOURCE_HEADER_TIMEOUT: "900 millis" })),
    ),
  )
})

describe("a broken download", () => {
  const breaks: Readonly<Record<string, CsvServer.Answer>> = {
    "closes before its declared size": (exchange) =>
      Effect.all([exchange.head(200, { "content-length": 100 }), exchange.send("a,b\n"), exchange.cut], {
        discard: true,
      }),
    resets: (exchange) =>
      Effect.all([exchange.head(200, { "content-length": 100 }), exchange.send("a,b\n")], { discard: true }),
    "closes between chunks": (exchange) =>
      Effect.all([exchange.head(200), exchange.send("a,b\n"), exchange.cut], { discard: true }),
    "closes within a chunk": (exchange) =>
      Effect.andThen(
        exchange.sendRaw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\na,b\n"),
        exchange.cut,
      ),
    "closes between chunks, as announced": (exchange) =>
      Effect.andThen(
        exchange.sendRaw(
          "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n4\r\na,b\n\r\n",
        ),
        exchange.cut,
      ),
    "sends an invalid chunk": (exchange) =>
      exchange.sendRaw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\na,b\n\r\nzz\r\n"),
  }
  it.live.each(Object.entries(breaks))("fails if the server %s", ([name, answer]) =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", answer)
      const source = yield* open(server.url("/a.csv"))
      const exchange = yield* server.request("/a.csv")
      const error = yield* source.bytes.pipe(
        Stream.runForEach(() => (name === "resets" ? exchange.reset : Effect.void)),
        Effect.flip,
      )
      assert.strictEqual(error.code, "source_interrupted")
      assert.isTrue(error.isRetryable)
      assert.include(error.message, source.bytesTotal === null ? "after 4 bytes" : "after 4 of 100 bytes")
    }).pipe(Effect.provide(layer())),
  )

  it.live("fails if the connection is reset and only its close would end the body", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", (exchange) => exchange.sendRaw("HTTP/1.1 200 OK\r\n\r\na,b\n"))
      const source = yield* open(server.url("/a.csv"))
      const exchange = yield* server.request("/a.csv")
      const error = yield* source.bytes.pipe(
        Stream.runForEach(() => exchange.reset),
        Effect.flip,
      )
      assert.strictEqual(error.code, "source_interrupted")
    }).pipe(Effect.provide(layer())),
  )

  it.live("is complete if only the close of the connection ends the body", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", (exchange) =>
        Effect.andThen(exchange.sendRaw("HTTP/1.1 200 OK\r\n\r\na,b\n"), exchange.cut),
      )
      assert.strictEqual(yield* fetchText(server.url("/a.csv")), "a,b\n")
    }).pipe(Effect.provide(layer())),
  )
})
