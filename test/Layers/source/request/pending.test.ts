import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as CsvServer from "../../../support/CsvServer.ts"
import { failure, fetchText, layer } from "../../../support/FetchedSource.ts"

/** Responds with 202 this many times, then with the file. */
const readyAfter = (times: number): CsvServer.Answer => {
  let left = times
  return (exchange) =>
    left-- > 0
      ? CsvServer.status(202, { "retry-after": "1" })(exchange)
      : CsvServer.file("a,b\n1,2\n")(exchange)
}

const pending = (location: string) => CsvServer.status(202, { "retry-after": "0", location })

describe("a file that is not ready (202)", () => {
  it.live("is requested again until it is, also after a redirect", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/export", CsvServer.redirect("/a.csv"))
      yield* server.serve("/a.csv", readyAfter(2))
      const [time, text] = yield* Effect.timed(
        fetchText(server.url("/export"), { headers: { "x-token": "1" } }),
      )
      assert.strictEqual(text, "a,b\n1,2\n")
      assert.isTrue(Duration.isGreaterThanOrEqualTo(time, Duration.seconds(2)))
      assert.strictEqual(server.received("/export").length, 1)
      assert.deepStrictEqual(
        server.received("/a.csv").map(({ headers }) => headers["x-token"]),
        ["1", "1", "1"],
      )
    }).pipe(Effect.provide(layer())),
  )

  it.live("is unavailable if it would take longer than the timeout", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.status(202, { "retry-after": "1" }))
      yield* server.serve("/later.csv", CsvServer.status(202, { "retry-after": "3600" }))
      const error = yield* failure(server.url("/a.csv"), { timeout: 2 })
      assert.strictEqual(error.code, "source_unavailable")
      assert.match(
        error.message,
        /202.*still preparing the file after 2s, and another 1s .*limit of 2s.*option timeout/,
      )
      assert.strictEqual(server.received("/a.csv").length, 3)
      const later = yield* failure(server.url("/later.csv"))
      assert.deepStrictEqual(later.retryAfter, Duration.hours(1))
      assert.include(later.message, "preparing the file, and another 1h would exceed the limit of 2m.")
      assert.strictEqual(server.received("/later.csv").length, 1)
    }).pipe(Effect.provide(layer())),
  )

  it.live("is awaited at the Location of the 202, which leads to it or reports that it is ready", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/redirected", pending("/job/1"))
      let polls = 0
      yield* server.serve("/job/1", (exchange) =>
        polls++ === 0
          ? CsvServer.status(202, { "retry-after": "0" })(exchange)
          : CsvServer.redirect("/a.csv")(exchange),
      )
      yield* server.serve("/a.csv", CsvServer.file("a,b\n1,2\n"))
      assert.strictEqual(yield* fetchText(server.url("/redirected")), "a,b\n1,2\n")
      assert.strictEqual(server.received("/redirected").length, 1)

      let asked = 0
      yield* server.serve("/reported.csv", (exchange) =>
        asked++ === 0 ? pending("/job/2")(exchange) : CsvServer.file("c\n")(exchange),
      )
      yield* server.serve("/job/2", (exchange) =>
        Effect.andThen(
          exchange.head(200, { "content-type": "application/json", "content-length": "15" }),
          exchange.send('{"status":"ok"}'),
        ),
      )
      assert.strictEqual(yield* fetchText(server.url("/reported.csv")), "c\n")
      assert.strictEqual(server.received("/job/2").length, 1)
    }).pipe(Effect.provide(layer())),
  )

  it.live("holds no connection while it is awaited, and can be interrupted", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", (exchange) =>
        Effect.andThen(exchange.head(202, { "retry-after": "60" }), exchange.send("not yet")),
      )
      const load = yield* Effect.forkChild(fetchText(server.url("/a.csv")))
      yield* (yield* server.request("/a.csv")).closed
      const [time] = yield* Effect.timed(Fiber.interrupt(load))
      assert.isTrue(Duration.isLessThan(time, Duration.seconds(1)))
    }).pipe(Effect.provide(layer())),
  )
})

describe("a slow response", () => {
  it.live("is awaited as long as the option timeout says", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", (exchange) =>
        Effect.andThen(Effect.sleep(1500), CsvServer.file("a\n")(exchange)),
      )
      const error = yield* failure(server.url("/a.csv"))
      assert.strictEqual(error.code, "source_timeout")
      assert.include(error.message, "option timeout")
      assert.strictEqual(yield* fetchText(server.url("/a.csv"), { timeout: 10 }), "a\n")
    }).pipe(Effect.provide(layer({ SOURCE_HEADER_TIMEOUT: "500 millis" }))),
  )
})
