import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import {
  beginning,
  download,
  inTurn,
  offset,
  part,
  rest,
  version,
  whole,
} from "../../../support/BrokenDownload.ts"
import * as CsvServer from "../../../support/CsvServer.ts"
import { layer, open } from "../../../support/FetchedSource.ts"

const path = "/a.csv"

/** Sends the rest chunked, without the last chunk that ends it. */
const endlessRest: CsvServer.Answer = (exchange) =>
  Effect.andThen(exchange.head(206, part), exchange.send(whole.slice(offset)))

/** Sends headers for the rest, then closes the connection. */
const emptyRest: CsvServer.Answer = (exchange) => Effect.andThen(exchange.head(206, part), exchange.cut)

describe("a broken download", () => {
  it.live.each([
    ["closed", (first: CsvServer.Exchange) => first.cut],
    ["reset", (first: CsvServer.Exchange) => first.reset],
    ["idle for too long", () => Effect.void],
  ] as const)("resumes at the next byte after its connection was %s", ([, breakOff]) =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(path, inTurn(beginning(), rest()))
      const { source, text } = yield* download(server, path, { breakOff })
      assert.strictEqual(text, whole)
      assert.strictEqual(source.resumes(), 1)
      assert.strictEqual(source.bytesReceived(), whole.length)
      const [, { headers }] = server.received(path) as [CsvServer.Exchange, CsvServer.Exchange]
      assert.strictEqual(headers.range, `bytes=${offset}-`)
      assert.strictEqual(headers["if-range"], version.etag)
      assert.strictEqual(headers["accept-encoding"], "identity")
    }).pipe(Effect.provide(layer({ SOURCE_IDLE_TIMEOUT: "100 millis" }))),
  )

  it.live("resumes by an old Last-Modified if there is no ETag", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const modified = "Tue, 15 Nov 1994 12:45:26 GMT"
      yield* server.serve(
        path,
        inTurn(
          beginning({ "last-modified": modified }),
          rest({ etag: undefined, "last-modified": modified }),
        ),
      )
      assert.strictEqual((yield* download(server, path)).text, whole)
      assert.strictEqual(server.received(path)[1]?.headers["if-range"], modified)
    }).pipe(Effect.provide(layer())),
  )

  it.live("resumes if the 206 leaves out optional headers", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(
        path,
        inTurn(
          beginning({ ...version, "content-encoding": "identity" }),
          rest({ "content-range": `bytes ${offset}-${whole.length - 1}/*` }),
        ),
      )
      assert.strictEqual((yield* download(server, path)).text, whole)
    }).pipe(Effect.provide(layer())),
  )

  it.live("resumes after a 206 without a length that ended early", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const next = offset + 2
      const short: CsvServer.Answer = (exchange) =>
        Effect.all([exchange.head(206, part), exchange.send(whole.slice(offset, next)), exchange.end], {
          discard: true,
        })
      const range = { "content-range": `bytes ${next}-${whole.length - 1}/${whole.length}` }
      yield* server.serve(path, inTurn(beginning(), short, rest(range, whole.slice(next))))
      const { source, text } = yield* download(server, path)
      assert.strictEqual(text, whole)
      assert.strictEqual(source.resumes(), 2)
    }).pipe(Effect.provide(layer())),
  )

  it.live("is complete with the last byte, even if the response does not end", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(path, inTurn(beginning(), endlessRest))
      const { source, text } = yield* download(server, path)
      assert.strictEqual(text, whole)
      assert.strictEqual(source.resumes(), 1)
    }).pipe(Effect.provide(layer({ SOURCE_IDLE_TIMEOUT: "100 millis" }))),
  )

  it.live("closes the broken connection before it opens another", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(
        path,
        inTurn(beginning(), (exchange) => Effect.andThen(server.received(path)[0]!.closed, rest()(exchange))),
      )
      const { text } = yield* download(server, path, { breakOff: () => Effect.void })
      assert.strictEqual(text, whole)
      assert.strictEqual(server.connections(), 2)
    }).pipe(Effect.provide(layer({ SOURCE_IDLE_TIMEOUT: "100 millis" }))),
  )

  it.live("resumes any number of times", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      // Each connection delivers one byte.
      yield* server.serve(
        path,
        inTurn(beginning(), (exchange) => {
          const from = Number(/\d+/.exec(exchange.headers.range ?? "")?.[0])
          return Effect.all(
            [
              exchange.head(206, {
                ...version,
                "content-length": whole.length - from,
                "content-range": `bytes ${from}-${whole.length - 1}/${whole.length}`,
              }),
              exchange.send(whole[from]!),
            ],
            { discard: true },
          )
        }),
      )
      const source = yield* open(server.url(path))
      let text = ""
      yield* Stream.runForEach(source.bytes, (chunk) => {
        text += Buffer.from(chunk).toString()
        return server.received(path).at(-1)!.cut
      })
      assert.strictEqual(text, whole)
      assert.strictEqual(source.resumes(), whole.length - offset)
    }).pipe(Effect.provide(layer({}, {}, { maxFruitlessAttempts: 1 }))),
  )
})

describe("resuming", () => {
  it.live.each([
    ["503", CsvServer.status(503)],
    ["429 with a short Retry-After", CsvServer.status(429, { "retry-after": "0" })],
    ["500", CsvServer.status(500)],
    ["a closed connection", (exchange: CsvServer.Exchange) => exchange.cut],
    ["a reset connection", (exchange: CsvServer.Exchange) => exchange.reset],
    ["a header timeout", CsvServer.byHand],
  ] as const)("is retried after %s", ([, answer]) =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(path, inTurn(beginning(), answer, answer, rest()))
      const { source, text } = yield* download(server, path)
      assert.strictEqual(text, whole)
      assert.strictEqual(source.resumes(), 1)
      assert.strictEqual(server.received(path).length, 4)
    }).pipe(Effect.provide(layer({ SOURCE_HEADER_TIMEOUT: "300 millis" }))),
  )

  it.live("is given up after seven refused attempts", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(path, inTurn(beginning(), CsvServer.status(503)))
      const error = yield* Effect.flip(download(server, path))
      assert.propertyVal(error, "code", "source_interrupted")
      assert.include(error.message, `after ${offset} of ${whole.length} bytes`)
      assert.include(error.message, "responded with 503")
      assert.strictEqual(server.received(path).length, 1 + 7)
    }).pipe(Effect.provide(layer())),
  )

  it.live("is given up after seven connections without a byte", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(path, inTurn(beginning(), emptyRest))
      const error = yield* Effect.flip(download(server, path))
      assert.propertyVal(error, "code", "source_interrupted")
      assert.strictEqual(server.received(path).length, 1 + 7)
    }).pipe(Effect.provide(layer())),
  )

  it.live("is given up after maxResumes", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(path, inTurn(beginning(), rest()))
      const error = yield* Effect.flip(download(server, path))
      assert.propertyVal(error, "code", "source_interrupted")
      assert.include(error.message, "0 times")
    }).pipe(Effect.provide(layer({}, {}, { maxResumes: 0 }))),
  )

  it.live("is given up if the server asks for a long wait", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(path, inTurn(beginning(), CsvServer.status(503, { "retry-after": "60" })))
      const error = yield* Effect.flip(download(server, path))
      assert.propertyVal(error, "code", "source_interrupted")
      assert.deepPropertyVal(error, "retryAfter", Duration.seconds(60))
      assert.strictEqual(server.received(path).length, 2)
    }).pipe(Effect.provide(layer())),
  )

  it.live("ends with the scope and on interruption", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(path, inTurn(beginning(), CsvServer.byHand))
      const read = yield* open(server.url(path))
      const interrupted = yield* server.request(path)
      const load = yield* Effect.forkChild(Stream.runForEach(read.bytes, () => interrupted.cut))
      const waiting = yield* server.request(path)
      yield* Fiber.interrupt(load)
      yield* waiting.closed

      const scope = yield* Scope.make()
      yield* server.serve(
        "/b.csv",
        inTurn(beginning(), (exchange) => exchange.head(206, part)),
      )
      const source = yield* Scope.provide(open(server.url("/b.csv")), scope)
      const first = yield* server.request("/b.csv")
      yield* Effect.forkChild(Stream.runForEach(source.bytes, () => first.cut))
      const second = yield* server.request("/b.csv")
      yield* Scope.close(scope, Exit.void)
      yield* second.closed
    }).pipe(Effect.provide(layer())),
  )
})

describe("a pull that is interrupted during a resume", () => {
  it.live("loses no bytes for the next pull", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(path, inTurn(beginning(), CsvServer.byHand, rest()))
      const source = yield* open(server.url(path))
      const pull = yield* Stream.toPull(source.bytes)
      let text = Buffer.concat(yield* pull).toString()
      yield* (yield* server.request(path)).cut
      const interrupted = yield* Effect.forkChild(pull)
      const waiting = yield* server.request(path)
      yield* Fiber.interrupt(interrupted)
      yield* waiting.closed
      while (text.length < whole.length) text += Buffer.concat(yield* pull).toString()
      assert.strictEqual(text, whole)
      assert.strictEqual(source.resumes(), 1)
    }).pipe(Effect.provide(layer())),
  )
})
