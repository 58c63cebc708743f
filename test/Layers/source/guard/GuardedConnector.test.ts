import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import { DestinationDenied } from "../../../../src/Layers/source/guard/DestinationGuard.ts"
import * as CsvServer from "../../../support/CsvServer.ts"
import { failure, fetchText, layer } from "../../../support/FetchedSource.ts"

const closed = { ALLOWED_HOSTS: "" }

describe("an address that is not allowed", () => {
  it.live.each([
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "169.254.169.254",
    "localhost",
    "localhost.",
    "internal.example",
    "mapped.example",
  ])("gets no connection: %s", (host) =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const error = yield* failure(SourceUrl.make(`http://${host}:${server.port}/a.csv`))
      const isName = host.endsWith(".example")
      assert.strictEqual(error.code, isName ? "source_unknown_host" : "address_forbidden")
      assert.instanceOf(error.cause, DestinationDenied)
      assert.include(error.message, `ALLOWED_HOSTS=`)
      assert.strictEqual(server.connections(), 0)
    }).pipe(
      Effect.provide(
        layer(closed, {
          "localhost.": ["127.0.0.1"],
          "internal.example": ["127.0.0.1"],
          "mapped.example": ["::ffff:127.0.0.1"],
        }),
      ),
    ),
  )

  it.live("gets no TLS connection either", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const error = yield* failure(SourceUrl.make(`https://localhost:${server.port}/a.csv`))
      assert.strictEqual(error.code, "address_forbidden")
      assert.strictEqual(server.connections(), 0)
    }).pipe(Effect.provide(layer(closed))),
  )

  it.live("is not reached through a redirect", () =>
    Effect.gen(function* () {
      const open = yield* CsvServer.make()
      const inner = yield* CsvServer.make()
      yield* open.serve("/literal", CsvServer.redirect(`${inner.origin}/a.csv`))
      yield* open.serve("/named", CsvServer.redirect(`http://internal.example:${inner.port}/a.csv`))
      const fetch = (path: string) =>
        failure(open.url(path)).pipe(
          Effect.provide(
            layer({ ALLOWED_HOSTS: `127.0.0.1:${open.port}` }, { "internal.example": ["127.0.0.1"] }),
          ),
        )
      assert.strictEqual((yield* fetch("/literal")).code, "address_forbidden")
      assert.strictEqual((yield* fetch("/named")).code, "source_unknown_host")
      assert.strictEqual(inner.connections(), 0)
    }),
  )

  it.live("is reported with host and remedy, but without the kind of the address", () =>
    Effect.gen(function* () {
      const error = yield* failure(SourceUrl.make("http://10.1.2.3/a.csv"))
      assert.strictEqual(
        error.message,
        "The host 10.1.2.3 has an address that is not public, so Sluice does not fetch from it. " +
          "The operator can allow it with ALLOWED_HOSTS=10.1.2.3:80.",
      )
    }).pipe(Effect.provide(layer(closed))),
  )

  it.live("is checked when it is dialed, so a name that changes its address is checked again", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", (exchange) =>
        Effect.andThen(exchange.sendRaw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na\n"), exchange.cut),
      )
      const addresses = ["127.0.0.1"]
      const url = SourceUrl.make(`http://rebinding.example:${server.port}/a.csv`)
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* fetchText(url), "a\n")
        yield* (yield* server.request("/a.csv")).closed
        addresses[0] = "127.0.0.2"
        assert.strictEqual((yield* failure(url)).code, "source_unknown_host")
      }).pipe(Effect.provide(layer({ ALLOWED_HOSTS: "127.0.0.1" }, { "rebinding.example": addresses })))
      assert.strictEqual(server.connections(), 1)
    }),
  )
})

describe("a destination in ALLOWED_HOSTS", () => {
  it.live("is reached by name and port, or by address", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.file("a\n"))
      const fetchWith = (allowed: string) =>
        fetchText(SourceUrl.make(`http://files.example:${server.port}/a.csv`)).pipe(
          Effect.provide(layer({ ALLOWED_HOSTS: allowed }, { "files.example": ["127.0.0.1"] })),
        )
      assert.strictEqual(yield* fetchWith("files.example"), "a\n")
      assert.strictEqual(yield* fetchWith(`files.example:${server.port}`), "a\n")
      assert.strictEqual(yield* fetchWith("127.0.0.0/8"), "a\n")
      const other = yield* Effect.flip(fetchWith(`files.example:${server.port + 1}`))
      assert.propertyVal(other, "code", "source_unknown_host")
    }),
  )

  it.live("is chosen among the addresses of its host", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.file("a\n"))
      assert.strictEqual(yield* fetchText(SourceUrl.make(`http://files.example:${server.port}/a.csv`)), "a\n")
    }).pipe(Effect.provide(layer({}, { "files.example": ["::1", "10.0.0.1", "127.0.0.1"] }))),
  )
})
