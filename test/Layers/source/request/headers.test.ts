import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { inspect } from "node:util"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import * as CsvServer from "../../../support/CsvServer.ts"
import { failure, fetchText, layer } from "../../../support/FetchedSource.ts"

describe("headers of the user", () => {
  it.live("are sent, instead of the usual ones", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.file("a\n"))
      yield* fetchText(SourceUrl.make(`http://user:secret@127.0.0.1:${server.port}/a.csv`), {
        headers: { authorization: "Bearer 1", "user-agent": "x/1", accept: "*/*", "x-token": "2" },
      })
      const { headers } = yield* server.request("/a.csv")
      assert.deepInclude(headers, {
        authorization: "Bearer 1",
        "user-agent": "x/1",
        accept: "*/*",
        "x-token": "2",
        "accept-encoding": "identity",
      })
    }).pipe(Effect.provide(layer())),
  )

  it.live("are sent to the same origin only, also when a redirect leads back", () =>
    Effect.gen(function* () {
      const here = yield* CsvServer.make()
      const there = yield* CsvServer.make()
      yield* here.serve("/a", CsvServer.redirect("/b"))
      yield* here.serve("/b", CsvServer.redirect(`${there.origin}/c`))
      yield* there.serve("/c", CsvServer.redirect(`${here.origin}/d`))
      yield* here.serve("/d", CsvServer.file("a\n"))
      yield* fetchText(here.url("/a"), { headers: { "x-token": "1", cookie: "s=1" } })
      assert.deepInclude((yield* here.request("/b")).headers, { "x-token": "1", cookie: "s=1" })
      for (const { headers } of [yield* there.request("/c"), yield* here.request("/d")]) {
        assert.isUndefined(headers["x-token"])
        assert.isUndefined(headers.cookie)
      }
    }).pipe(Effect.provide(layer())),
  )

  it.live("are in no error", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/403", CsvServer.status(403))
      yield* server.serve("/cut", (exchange) => exchange.cut)
      yield* server.serve("/no-http", (exchange) => exchange.sendRaw("s3cret"))
      for (const path of ["/403", "/cut", "/no-http"]) {
        const error = yield* failure(server.url(path), { headers: { authorization: "Bearer s3cret" } })
        assert.notInclude(inspect(error, { depth: 20, showHidden: true }), "s3cret")
      }
    }).pipe(Effect.provide(layer())),
  )

  it.live("are named when access is denied", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", ({ headers, ...exchange }) =>
        headers["user-agent"]?.startsWith("Mozilla/") === true
          ? CsvServer.file("a\n")({ headers, ...exchange })
          : Effect.andThen(exchange.head(403), exchange.end),
      )
      const error = yield* failure(server.url("/a.csv"))
      assert.strictEqual(error.code, "source_access_denied")
      assert.match(error.message, /headers.*User-Agent/)
      assert.strictEqual(
        yield* fetchText(server.url("/a.csv"), { headers: { "user-agent": "Mozilla/5.0" } }),
        "a\n",
      )
    }).pipe(Effect.provide(layer())),
  )
})

describe("the User-Agent", () => {
  it.live("has the operator's contact", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.file("a\n"))
      yield* fetchText(server.url("/a.csv")).pipe(
        Effect.provide(layer({ USER_AGENT_CONTACT: "https://example.org/bot" })),
      )
      assert.match(
        (yield* server.request("/a.csv")).headers["user-agent"] ?? "",
        /^Sluice\/\d+\.\d+\.\d+ \(\+https:\/\/example\.org\/bot\)$/,
      )
    }),
  )
})

/** Redirects to itself until the cookie comes back. */
const asksForCookie =
  (set: ReadonlyArray<string>, wanted: string): CsvServer.Answer =>
  (exchange) =>
    exchange.headers.cookie === wanted
      ? CsvServer.file("a\n")(exchange)
      : CsvServer.status(302, { location: exchange.target, "set-cookie": [...set] })(exchange)

describe("cookies of a redirect chain", () => {
  it.live("are sent back to their origin", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(
        "/a.csv",
        asksForCookie(["s=1%20; Path=/; HttpOnly", "t=2; Max-Age=60"], "s=1%20; t=2"),
      )
      assert.strictEqual(yield* fetchText(server.url("/a.csv")), "a\n")
    }).pipe(Effect.provide(layer())),
  )

  it.live("are joined with the user's, replaced and deleted", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(
        "/a",
        CsvServer.status(302, { location: "/b", "set-cookie": ["s=1", "t=1", "u=1"] }),
      )
      yield* server.serve(
        "/b",
        CsvServer.status(302, {
          location: "/c",
          "set-cookie": ["s=2", "t=; Max-Age=0", "u=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
        }),
      )
      yield* server.serve("/c", CsvServer.file("a\n"))
      yield* fetchText(server.url("/a"), { headers: { cookie: "mine=1" } })
      assert.strictEqual((yield* server.request("/b")).headers.cookie, "mine=1; s=1; t=1; u=1")
      assert.strictEqual((yield* server.request("/c")).headers.cookie, "mine=1; s=2")
    }).pipe(Effect.provide(layer())),
  )

  it.live("are not sent to another origin, nor with the next file", () =>
    Effect.gen(function* () {
      const here = yield* CsvServer.make()
      const there = yield* CsvServer.make()
      yield* here.serve(
        "/a",
        CsvServer.status(302, { location: `${there.origin}/b`, "set-cookie": "s=1; Domain=127.0.0.1" }),
      )
      yield* there.serve("/b", CsvServer.redirect(`${here.origin}/c`))
      yield* here.serve("/c", CsvServer.file("a\n"))
      yield* fetchText(here.url("/a"))
      assert.isUndefined((yield* there.request("/b")).headers.cookie)
      assert.strictEqual((yield* here.request("/c")).headers.cookie, "s=1")
      yield* fetchText(here.url("/c"))
      assert.isUndefined((yield* here.request("/c")).headers.cookie)
    }).pipe(Effect.provide(layer())),
  )
})
