import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { LoadErrorCode } from "../../../../src/Domain/load/LoadError.ts"
import * as CsvServer from "../../../support/CsvServer.ts"
import { failure, fetchText, layer } from "../../../support/FetchedSource.ts"

describe("an answer that is not the file", () => {
  const cases: ReadonlyArray<readonly [status: number, code: LoadErrorCode]> = [
    [204, "empty_file"],
    [206, "source_rejected"],
    [304, "source_rejected"],
    [400, "source_rejected"],
    [401, "source_access_denied"],
    [403, "source_access_denied"],
    [404, "source_not_found"],
    [405, "source_rejected"],
    [408, "source_unavailable"],
    [410, "source_not_found"],
    [418, "source_rejected"],
    [425, "source_unavailable"],
    [429, "source_unavailable"],
    [500, "source_unavailable"],
    [502, "source_unavailable"],
    [503, "source_unavailable"],
    [599, "source_unavailable"],
    [600, "source_rejected"],
  ]
  it.live.each(cases)("%i is %s, and the message has host and status", ([status, code]) =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.status(status))
      const error = yield* failure(server.url("/a.csv"))
      assert.strictEqual(error.code, code)
      assert.include(error.message, `127.0.0.1:${server.port} responded with ${status}`)
      assert.strictEqual(error.retryAfter, null)
      assert.strictEqual(error.isHostBusy, status === 429 || status === 503)
    }).pipe(Effect.provide(layer())),
  )

  it.live.each(["bytes 0-3/4", "bytes 0-7/8"])("206 is the file if its range is all of it: %s", (range) =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const whole = CsvServer.file("a,b\n1,2\n")
      yield* server.serve("/a.csv", (exchange) =>
        whole({
          ...exchange,
          head: (_, headers) => exchange.head(206, { ...headers, "content-range": range }),
        }),
      )
      const isWhole = range === "bytes 0-7/8"
      const text = yield* Effect.option(fetchText(server.url("/a.csv")))
      assert.deepStrictEqual(text, isWhole ? Option.some("a,b\n1,2\n") : Option.none())
    }).pipe(Effect.provide(layer())),
  )

  it.live.each([201, 203])("%i is the file", (status) =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const whole = CsvServer.file("a,b\n1,2\n")
      yield* server.serve("/a.csv", (exchange) =>
        whole({ ...exchange, head: (_, headers) => exchange.head(status, headers) }),
      )
      assert.strictEqual(yield* fetchText(server.url("/a.csv")), "a,b\n1,2\n")
    }).pipe(Effect.provide(layer())),
  )

  it.live("tells the reason that the server gives, without what it was sent", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const body =
        '<?xml version="1.0"?><Error><Code>ExpiredToken</Code><Message>The token t0ken-value has expired.\nRequest 1</Message></Error>'
      yield* server.serve("/a.csv", (exchange) =>
        Effect.andThen(exchange.head(403, { "content-length": String(body.length) }), exchange.send(body)),
      )
      const error = yield* failure(server.url("/a.csv?sig=t0ken-value"))
      assert.strictEqual(error.code, "source_access_denied")
      assert.include(error.message, 'It says: "ExpiredToken: The token *** has expired.".')
    }).pipe(Effect.provide(layer())),
  )

  it.live("does not wait for a reason that does not arrive", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", (exchange) =>
        Effect.andThen(exchange.head(404, { "content-length": "100" }), Effect.never),
      )
      const [time, error] = yield* Effect.timed(failure(server.url("/a.csv")))
      assert.strictEqual(error.code, "source_not_found")
      assert.isTrue(Duration.isLessThan(time, Duration.seconds(4)))
    }).pipe(Effect.provide(layer())),
  )

  it.live("403 is a rate limit if it asks for a wait", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.status(403, { "retry-after": "7" }))
      const error = yield* failure(server.url("/a.csv"))
      assert.strictEqual(error.code, "source_unavailable")
      assert.deepStrictEqual(error.retryAfter, Duration.seconds(7))
      assert.isTrue(error.isHostBusy)
    }).pipe(Effect.provide(layer())),
  )

  it.live("can ask for a wait, in seconds or until a date", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const waitFor = Effect.fnUntraced(function* (retryAfter: string) {
        yield* server.serve("/a.csv", CsvServer.status(503, { "retry-after": retryAfter }))
        const error = yield* failure(server.url("/a.csv"))
        return error.retryAfter
      })
      assert.deepStrictEqual(yield* waitFor("120"), Duration.seconds(120))
      assert.deepStrictEqual(yield* waitFor("Wed, 21 Oct 2015 07:28:00 GMT"), Duration.zero)
      assert.strictEqual(yield* waitFor("soon"), null)
      assert.strictEqual(yield* waitFor("-1"), null)
      const inAnHour = new Date(Date.now() + 3_600_000).toUTCString()
      const wait = yield* waitFor(inAnHour)
      assert(wait !== null)
      assert.isTrue(Duration.between(wait, { minimum: Duration.minutes(59), maximum: Duration.minutes(60) }))
    }).pipe(Effect.provide(layer())),
  )

  it.live("in an unknown encoding is refused, and the message has its name", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/exi.csv", CsvServer.file("…", { "content-encoding": "gzip, EXI" }))
      yield* server.serve("/transfer.csv", (exchange) =>
        exchange.sendRaw("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
      )
      yield* server.serve("/identity.csv", CsvServer.file("a\n", { "content-encoding": "identity" }))
      const content = yield* failure(server.url("/exi.csv"))
      assert.strictEqual(content.code, "unsupported_compression")
      assert.include(content.message, `"exi"`)
      assert.strictEqual((yield* failure(server.url("/transfer.csv"))).code, "unsupported_compression")
      assert.strictEqual(yield* fetchText(server.url("/identity.csv")), "a\n")
    }).pipe(Effect.provide(layer())),
  )
})
