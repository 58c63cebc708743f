import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { setImmediate } from "node:timers/promises"
import * as CsvServer from "../../../support/CsvServer.ts"
import { fetchText, layer, open, text } from "../../../support/FetchedSource.ts"

const unfinished: CsvServer.Answer = (exchange) =>
  Effect.andThen(exchange.head(200, { "content-length": 100 }), exchange.send("a,b\n"))

describe("the connection", () => {
  it.live("is closed when waiting for the response is interrupted", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.byHand)
      const load = yield* Effect.forkChild(fetchText(server.url("/a.csv")))
      const exchange = yield* server.request("/a.csv")
      yield* Fiber.interrupt(load)
      yield* exchange.closed
      assert.strictEqual(server.received("/a.csv").length, 1)
    }).pipe(Effect.provide(layer())),
  )

  it.live("is closed when reading is interrupted", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", unfinished)
      const reading = yield* Deferred.make<void>()
      const load = yield* open(server.url("/a.csv")).pipe(
        Effect.flatMap(({ bytes }) => Stream.runForEach(bytes, () => Deferred.succeed(reading, undefined))),
        Effect.scoped,
        Effect.forkChild,
      )
      yield* Deferred.await(reading)
      const exchange = yield* server.request("/a.csv")
      yield* Fiber.interrupt(load)
      yield* exchange.closed
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(load)))
    }).pipe(Effect.provide(layer())),
  )

  it.live("is closed with the scope even if nothing was read", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", unfinished)
      const scope = yield* Scope.make()
      const source = yield* Scope.provide(open(server.url("/a.csv")), scope)
      assert.strictEqual(source.bytesTotal, 100)
      const exchange = yield* server.request("/a.csv")
      yield* Scope.close(scope, Exit.void)
      yield* exchange.closed
    }).pipe(Effect.provide(layer())),
  )

  it.live("is used again for the next file of the host", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.file("a\n"))
      for (let count = 0; count < 5; count++) {
        yield* fetchText(server.url("/a.csv"))
        // undici takes a few turns of the event loop to free a connection.
        yield* Effect.promise(async () => {
          for (let turn = 0; turn < 8; turn++) await setImmediate()
        })
      }
      assert.strictEqual(server.connections(), 1)
    }).pipe(Effect.provide(layer())),
  )

  it.live("is closed when it is idle", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.file("a\n", { "keep-alive": "timeout=3" }))
      assert.strictEqual(yield* fetchText(server.url("/a.csv")), "a\n")
      yield* (yield* server.request("/a.csv")).closed
    }).pipe(Effect.provide(layer())),
  )
})

describe("many loads from one host", () => {
  it.live("run in parallel without a limit", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.byHand)
      const loads = yield* Effect.forEach(Array.from({ length: 24 }), () =>
        Effect.forkChild(fetchText(server.url("/a.csv"))),
      )
      const exchanges = yield* Effect.forEach(loads, () => server.request("/a.csv"))
      yield* Effect.forEach(exchanges, CsvServer.file("a\n"), { discard: true })
      assert.deepStrictEqual(
        yield* Effect.forEach(loads, Fiber.join),
        loads.map(() => "a\n"),
      )
    }).pipe(Effect.provide(layer())),
  )
})

describe("a consumer slower than the source", () => {
  it.live("holds up the source", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const chunk = new Uint8Array(64 * 1024)
      const chunks = 1024
      let sent = 0
      yield* server.serve("/a.csv", (exchange) =>
        exchange
          .head(200)
          .pipe(
            Effect.andThen(
              Effect.forEach(
                Array.from({ length: chunks }),
                () => Effect.map(exchange.send(chunk), () => (sent += chunk.byteLength)),
                { discard: true },
              ),
            ),
            Effect.andThen(exchange.end),
          ),
      )
      const { bytes } = yield* open(server.url("/a.csv"))
      let received = 0
      let furthestAhead = 0
      yield* Stream.runForEach(bytes, (part) =>
        Effect.promise(async () => {
          received += part.byteLength
          // Time enough for a source that is not held up to send several chunks.
          for (let turn = 0; turn < 8; turn++) await setImmediate()
          furthestAhead = Math.max(furthestAhead, sent - received)
        }),
      )
      assert.strictEqual(received, chunks * chunk.byteLength)
      // The kernel's socket buffers and a few chunks in flight.
      assert.isBelow(furthestAhead, 16 * 1024 * 1024)
    }).pipe(Effect.provide(layer())),
  )

  it.live("gets everything in order", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const lines = Array.from({ length: 200_000 }, (_, index) => `${index}\n`).join("")
      yield* server.serve("/a.csv", CsvServer.file(lines))
      const { bytes } = yield* open(server.url("/a.csv"))
      assert.strictEqual(yield* text(Stream.tap(bytes, () => Effect.yieldNow)), lines)
    }).pipe(Effect.provide(layer())),
  )
})
