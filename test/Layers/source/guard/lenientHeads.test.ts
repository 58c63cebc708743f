import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { strictHead } from "../../../../src/Layers/source/guard/ResponseHead.ts"
import * as CsvServer from "../../../support/CsvServer.ts"
import { failure, fetchText, layer } from "../../../support/FetchedSource.ts"

const file = "a,b\n1,2\n"
const chunked = `4\r\na,b\n\r\n4\r\n1,2\n\r\n0\r\n\r\n`
const large = `X-Large: ${"x".repeat(40_000)}`

/** Responses with the file that are not strict HTTP/1.1. */
const lenient: Readonly<Record<string, string>> = {
  "lines that end in LF": `HTTP/1.1 200 OK\nContent-Length: 8\n\n${file}`,
  "mixed line ends": `HTTP/1.1 200 OK\r\nContent-Type: text/csv\nContent-Length: 8\r\n\n${file}`,
  "a control character in a value": `HTTP/1.1 200 OK\r\nX-A: a\x01b\x7f\r\nContent-Length: 8\r\n\r\n${file}`,
  "a carriage return in a value": `HTTP/1.1 200 OK\r\nX-A: a\rb\r\nContent-Length: 8\r\n\r\n${file}`,
  "a NUL in a value": `HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 8\r\n\r\n${file}`,
  "a blank in a name": `HTTP/1.1 200 OK\r\nX A: b\r\nContent-Length: 8\r\n\r\n${file}`,
  "a blank before the colon": `HTTP/1.1 200 OK\r\nContent-Length : 8\r\n\r\n${file}`,
  "a line without a colon": `HTTP/1.1 200 OK\r\nhello\r\nContent-Length: 8\r\n\r\n${file}`,
  "a line without a name": `HTTP/1.1 200 OK\r\n: b\r\nContent-Length: 8\r\n\r\n${file}`,
  "a name that is not ASCII": `HTTP/1.1 200 OK\r\nGrüße: b\r\nContent-Length: 8\r\n\r\n${file}`,
  "a folded line": `HTTP/1.1 200 OK\r\nX-A: a\r\n\tb\r\nContent-Length: 8\r\n\r\n${file}`,
  "a folded line without a field": `HTTP/1.1 200 OK\r\n b\r\nContent-Length: 8\r\n\r\n${file}`,
  "two blanks in the status line": `HTTP/1.1  200 OK\r\nContent-Length: 8\r\n\r\n${file}`,
  "another version": `HTTP/2 200\r\nContent-Length: 8\r\n\r\n${file}`,
  "40 kB of headers": `HTTP/1.1 200 OK\r\n${large}\r\nContent-Length: 8\r\n\r\n${file}`,
  "a chunked body and its length": `HTTP/1.1 200 OK\r\nContent-Length: 8\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`,
  "a chunked body and another length": `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n${chunked}`,
  "the same length twice": `HTTP/1.1 200 OK\r\nContent-Length: 8\r\nContent-Length: 8\r\n\r\n${file}`,
  "a list of the same lengths": `HTTP/1.1 200 OK\r\nContent-Length: 8, 8\r\n\r\n${file}`,
  "a 100 first": `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n${file}`,
  "a 103 first": `HTTP/1.1 103 Early Hints\nLink: x\n\nHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n${file}`,
}

describe("a response that is not strict HTTP", () => {
  it.live.each(Object.entries(lenient))("is read: %s", ([, response]) =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", (exchange) => exchange.sendRaw(Buffer.from(response, "latin1")))
      assert.strictEqual(yield* fetchText(server.url("/a.csv")), file)
      assert.strictEqual(server.received("/a.csv").length, 1)
    }).pipe(Effect.provide(layer())),
  )

  it.live("is read however the network cuts it", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const response = `HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\nX A: b\nContent-Length: 8\n\n${file}`
      yield* server.serve("/a.csv", (exchange) =>
        Effect.forEach(response, (byte) => Effect.andThen(exchange.sendRaw(byte), Effect.sleep(1)), {
          discard: true,
        }),
      )
      assert.strictEqual(yield* fetchText(server.url("/a.csv")), file)
    }).pipe(Effect.provide(layer())),
  )

  it.live("is the last one of its connection, and a strict one is not", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/strict.csv", CsvServer.file(file))
      yield* server.serve("/lf.csv", (exchange) =>
        exchange.sendRaw(`HTTP/1.1 200 OK\nConnection: keep-alive\nContent-Length: 8\n\n${file}`),
      )
      for (const path of ["/strict.csv", "/lf.csv", "/strict.csv"]) yield* fetchText(server.url(path))
      assert.strictEqual(server.connections(), 2)
    }).pipe(Effect.provide(layer())),
  )

  it.live("must still have the length that it declares", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", (exchange) =>
        Effect.andThen(exchange.sendRaw("HTTP/1.1 200 OK\nContent-Length: 8\n\na,b\n"), exchange.cut),
      )
      yield* server.serve("/b.csv", (exchange) =>
        exchange.sendRaw("HTTP/1.1 200 OK\nContent-Length: 4\n\na,b\n1,2\n"),
      )
      assert.strictEqual((yield* failure(server.url("/a.csv"))).code, "source_interrupted")
      assert.strictEqual((yield* failure(server.url("/b.csv"))).code, "source_interrupted")
    }).pipe(Effect.provide(layer())),
  )

  const refused: Readonly<Record<string, readonly [response: string, message: RegExp]>> = {
    "two lengths": [
      `HTTP/1.1 200 OK\r\nContent-Length: 8\r\nContent-Length: 9\r\n\r\n${file}`,
      /contradicting lengths \(Content-Length\)/,
    ],
    "a length that is no number": [
      `HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n${file}`,
      /proper HTTP \(Invalid character in Content-Length\)/,
    ],
    "80 kB of headers": [`HTTP/1.1 200 OK\r\n${large}\r\n${large}\r\n\r\n${file}`, /more than 64 KiB/],
  }
  it.live.each(Object.entries(refused))("is refused at once, for good: %s", ([, [response, message]]) =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", (exchange) => exchange.sendRaw(response))
      const error = yield* failure(server.url("/a.csv"))
      assert.strictEqual(error.code, "source_rejected")
      assert.match(error.message, message)
    }).pipe(Effect.provide(layer())),
  )
})

describe("a strict head", () => {
  it.each([
    "HTTP/1.1 200 OK\r\nContent-Length: 8\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\n",
    "HTTP/1.0 404\r\nX-Empty:\r\nx-name:ü\t1 \r\n\r\n",
    "HTTP/1.1 302 Gefunden für dich\r\nLocation: /donn\u00c3\u00a9es\r\n\r\n",
    "HTTP/1.1 200 \r\n\r\n",
  ])("is not changed: %j", (head) => assert.strictEqual(strictHead(head), head))
})
