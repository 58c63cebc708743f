import { buildConnector, Client } from "@effect/platform-node/Undici"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import type { Socket } from "node:net"
import { setImmediate } from "node:timers/promises"
import * as tls from "node:tls"
import * as zlib from "node:zlib"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import { begun, beginning, download, inTurn, offset, rest, whole } from "../../../support/BrokenDownload.ts"
import * as CsvServer from "../../../support/CsvServer.ts"
import { failure, fetchText, layer, open, text } from "../../../support/FetchedSource.ts"
import { selfSigned } from "../../../support/selfSigned.ts"

/** A response that declares fewer bytes than it sends. */
const understated = (body: Uint8Array | string, declared: number, headers = {}): CsvServer.Answer =>
  CsvServer.file(body, { "content-length": declared, ...headers })

/** A few megabytes, so that the body arrives in many chunks. */
const manyRows = Array.from({ length: 500_000 }, (_, index) => `${index},x\n`).join("")

const turns = (count: number) =>
  Effect.promise(async () => {
    for (let turn = 0; turn < count; turn++) await setImmediate()
  })

describe("a response longer than its Content-Length", () => {
  const excess: Readonly<Record<string, CsvServer.Answer>> = {
    "with more rows": understated("a,b\n1,2\n", 4),
    "with an empty line": understated("a,b\n\r\n", 4),
    "with bytes that look like another response": understated(
      "a,b\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx\n",
      4,
    ),
    "with Connection: close": understated("a,b\n1,2\n", 4, { connection: "close" }),
    "in one packet": (exchange) => exchange.sendRaw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na,b\n1"),
    "in HTTP/1.0, before the connection closes": (exchange) =>
      Effect.andThen(
        exchange.sendRaw("HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\na,b\n1,2\n"),
        exchange.cut,
      ),
    "before a reset": (exchange) =>
      Effect.andThen(
        exchange.sendRaw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na,b\n1,2\n"),
        exchange.reset,
      ),
    "after many chunks": understated(manyRows, manyRows.length - 5),
    "by megabytes": understated(manyRows, 8),
    "after a gzip file": understated(
      Buffer.concat([zlib.gzipSync("a,b\n"), Buffer.from("1")]),
      zlib.gzipSync("a,b\n").length,
      { "content-encoding": "gzip" },
    ),
    "within a gzip file of several members": understated(
      Buffer.concat([zlib.gzipSync("a,b\n"), zlib.gzipSync("1,2\n")]),
      zlib.gzipSync("a,b\n").length,
    ),
  }
  it.live.each(Object.entries(excess))("fails with a retryable error: %s", ([, answer]) =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", answer)
      const error = yield* failure(server.url("/a.csv"))
      assert.strictEqual(error.code, "source_interrupted")
      assert.isTrue(error.isRetryable)
      assert.match(error.message, /^127\.0\.0\.1:\d+ sent more than the \d+ bytes that it declared\.$/)
      yield* (yield* server.request("/a.csv")).closed
      assert.strictEqual(server.received("/a.csv").length, 1)
    }).pipe(Effect.provide(layer())),
  )

  it.live.each(["keep-alive", "close"])(
    "fails if the excess bytes arrive in their own packet, with Connection: %s",
    (connection) =>
      Effect.gen(function* () {
        const server = yield* CsvServer.make()
        yield* server.serve("/a.csv", (exchange) =>
          exchange.sendRaw(`HTTP/1.1 200 OK\r\nConnection: ${connection}\r\nContent-Length: 8\r\n\r\na,b\n`),
        )
        const source = yield* open(server.url("/a.csv"))
        const exchange = yield* server.request("/a.csv")
        let got = ""
        const error = yield* source.bytes.pipe(
          Stream.runForEach((chunk) => {
            got += Buffer.from(chunk).toString()
            // Two turns later, the client has read the declared end.
            return exchange
              .sendRaw("1,2\n")
              .pipe(Effect.andThen(turns(2)), Effect.andThen(exchange.sendRaw("3,4\n")))
          }),
          Effect.flip,
        )
        assert.propertyVal(error, "code", "source_interrupted")
        assert.strictEqual(got, "a,b\n")
        yield* exchange.closed
      }).pipe(Effect.provide(layer())),
  )

  it.live("fails if it is the rest of a broken download, and is not resumed", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const missing = whole.length - offset
      yield* server.serve(
        "/a.csv",
        inTurn(beginning(), rest({ "content-length": missing }, `${whole.slice(offset)}5,6\n`), rest()),
      )
      let got = ""
      const error = yield* Effect.flip(download(server, "/a.csv", { onText: (text) => (got = text) }))
      assert.propertyVal(error, "code", "source_interrupted")
      assert.include(error.message, `more than the ${whole.length} bytes`)
      assert.strictEqual(got, begun)
      assert.strictEqual(server.received("/a.csv").length, 2)
    }).pipe(Effect.provide(layer())),
  )

  it.live("fails even if the consumer is slow", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", understated(manyRows, manyRows.length - 5))
      const { bytes } = yield* open(server.url("/a.csv"))
      const error = yield* Effect.flip(text(Stream.tap(bytes, () => turns(1))))
      assert.propertyVal(error, "code", "source_interrupted")
    }).pipe(Effect.provide(layer())),
  )

  it.live("fails over TLS", () =>
    Effect.gen(function* () {
      const trusted = tls.getCACertificates("default")
      tls.setDefaultCACertificates([...trusted, selfSigned.cert])
      yield* Effect.addFinalizer(() => Effect.sync(() => tls.setDefaultCACertificates(trusted)))
      const server = yield* CsvServer.make({ tls: selfSigned })
      yield* server.serve("/exact.csv", CsvServer.file(manyRows))
      yield* server.serve("/long.csv", understated(manyRows, manyRows.length - 5))
      const url = (path: string) => SourceUrl.make(`https://self-signed.test:${server.port}${path}`)
      assert.strictEqual(yield* fetchText(url("/exact.csv")), manyRows)
      assert.strictEqual((yield* failure(url("/long.csv"))).code, "source_interrupted")
    }).pipe(Effect.provide(layer({ ALLOWED_HOSTS: "127.0.0.1" }, { "self-signed.test": ["127.0.0.1"] }))),
  )

  it.live("is not mixed up with the next response", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", understated("a,b\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx\n", 4))
      yield* server.serve("/b.csv", CsvServer.file("b\n"))
      assert.strictEqual((yield* failure(server.url("/a.csv"))).code, "source_interrupted")
      assert.strictEqual(yield* fetchText(server.url("/b.csv")), "b\n")
      assert.strictEqual(server.connections(), 2)
    }).pipe(Effect.provide(layer())),
  )

  it.live("is not mixed up with the next response either if its excess bytes arrive later", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.file("a\n"))
      yield* server.serve("/b.csv", CsvServer.file("b\n"))
      assert.strictEqual(yield* fetchText(server.url("/a.csv")), "a\n")
      const exchange = yield* server.request("/a.csv")
      yield* exchange.sendRaw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx\n")
      assert.strictEqual(yield* fetchText(server.url("/b.csv")), "b\n")
      yield* exchange.closed
      assert.strictEqual(server.connections(), 2)
    }).pipe(Effect.provide(layer())),
  )
})

describe("a response of exactly its Content-Length", () => {
  const exact: Readonly<Record<string, CsvServer.Answer>> = {
    "in one packet": (exchange) => exchange.sendRaw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na,b\n"),
    "followed by an unannounced close": (exchange) =>
      Effect.andThen(exchange.sendRaw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na,b\n"), exchange.cut),
    "followed by an announced close": (exchange) =>
      Effect.andThen(
        exchange.sendRaw("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\na,b\n"),
        exchange.cut,
      ),
    "in HTTP/1.0": (exchange) =>
      Effect.andThen(exchange.sendRaw("HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\na,b\n"), exchange.cut),
    "after an early hint": (exchange) =>
      exchange.sendRaw(
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na,b\n",
      ),
  }
  it.live.each(Object.entries(exact))("is complete: %s", ([, answer]) =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", answer)
      assert.strictEqual(yield* fetchText(server.url("/a.csv")), "a,b\n")
      assert.strictEqual(server.received("/a.csv").length, 1)
    }).pipe(Effect.provide(layer())),
  )

  it.live.each(["cut", "reset"] as const)(
    "is complete after one request if the connection is %s before the last chunk is read",
    (end) =>
      Effect.gen(function* () {
        const server = yield* CsvServer.make()
        yield* server.serve("/a.csv", (exchange) =>
          exchange.sendRaw('HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: 8\r\n\r\na,b\n'),
        )
        const source = yield* open(server.url("/a.csv"))
        const exchange = yield* server.request("/a.csv")
        let got = ""
        yield* Stream.runForEach(source.bytes, (chunk) => {
          const isFirst = got === ""
          got += Buffer.from(chunk).toString()
          return isFirst
            ? exchange
                .sendRaw("1,2\n")
                .pipe(Effect.andThen(turns(2)), Effect.andThen(exchange[end]), Effect.andThen(turns(8)))
            : Effect.void
        })
        assert.strictEqual(got, "a,b\n1,2\n")
        assert.strictEqual(server.received("/a.csv").length, 1)
        yield* exchange.closed
      }).pipe(Effect.provide(layer())),
  )

  it.live("keeps its connection for the next requests", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.file("a\n"))
      yield* server.serve("/large.csv", CsvServer.file(manyRows))
      for (let count = 0; count < 50; count++) {
        const [path, content] = count % 25 === 0 ? ["/large.csv", manyRows] : ["/a.csv", "a\n"]
        assert.strictEqual(yield* fetchText(server.url(path)), content)
        // undici takes a few turns of the event loop to free a connection.
        yield* turns(8)
      }
      assert.strictEqual(server.connections(), 1)
    }).pipe(Effect.provide(layer())),
  )

  it.live("can be interrupted while its end is checked", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.file("a\n"))
      const loads = yield* Effect.forEach(Array.from({ length: 20 }), () =>
        Effect.forkChild(fetchText(server.url("/a.csv"))),
      )
      yield* Effect.forEach(loads, () => server.request("/a.csv"), { discard: true })
      for (const [index, load] of loads.entries()) {
        if (index % 2 === 0) yield* Fiber.interrupt(load)
        else assert.strictEqual(yield* Fiber.join(load), "a\n")
      }
      assert.strictEqual(yield* fetchText(server.url("/a.csv")), "a\n")
    }).pipe(Effect.provide(layer())),
  )
})

describe("undici", () => {
  it.live("puts the bytes after a paused body back into the socket, as ContentLengthGuard requires", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", (exchange) =>
        exchange.sendRaw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na,b\n1,2"),
      )
      let socket: Socket | null = null
      const connect = buildConnector({})
      const client = new Client(server.origin, {
        connect: (destination, done) =>
          connect(destination, (...result) => {
            socket = result[1]
            done(...result)
          }),
      })
      yield* Effect.addFinalizer(() => Effect.promise(() => client.destroy()))
      const body = yield* Effect.callback<string>((resume) => {
        client.dispatch(
          { path: "/a.csv", method: "GET" },
          {
            onRequestStart: () => {},
            onResponseStart: () => {},
            onResponseData: (controller, chunk) => {
              controller.pause()
              resume(Effect.succeed(chunk.toString()))
            },
            onResponseEnd: () => {},
            onResponseError: (_, error) => resume(Effect.die(error)),
          },
        )
      })
      yield* turns(2)
      assert.strictEqual(body, "a,b\n")
      assert.strictEqual(socket!.readableLength, 3)
    }),
  )
})
