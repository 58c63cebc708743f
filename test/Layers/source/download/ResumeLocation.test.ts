import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import { beginning, download, inTurn, offset, part, rest, whole } from "../../../support/BrokenDownload.ts"
import * as CsvServer from "../../../support/CsvServer.ts"
import { layer, open } from "../../../support/FetchedSource.ts"

const path = "/a.csv"

/** Sends headers for the rest, then closes the connection. */
const emptyRest: CsvServer.Answer = (exchange) => Effect.andThen(exchange.head(206, part), exchange.cut)

describe("a resume", () => {
  it.live("requests the URL to which the redirects led", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(path, CsvServer.redirect("/signed.csv?sig=1"))
      yield* server.serve("/signed.csv", inTurn(beginning(), rest()))
      assert.strictEqual((yield* download(server, path, { path: "/signed.csv" })).text, whole)
      assert.strictEqual(server.received(path).length, 1)
      assert.strictEqual(server.received("/signed.csv")[1]?.target, "/signed.csv?sig=1")
    }).pipe(Effect.provide(layer())),
  )

  it.live.each([401, 403, 404, 410])(
    "follows the redirects again if that URL responds with %i, as expired URLs do",
    (status) =>
      Effect.gen(function* () {
        const server = yield* CsvServer.make()
        yield* server.serve(path, inTurn(CsvServer.redirect("/old.csv"), CsvServer.redirect("/new.csv")))
        yield* server.serve("/old.csv", inTurn(beginning(), CsvServer.status(status)))
        yield* server.serve("/new.csv", inTurn(emptyRest, rest()))
        const { source, text } = yield* download(server, path, { path: "/old.csv" })
        assert.strictEqual(text, whole)
        assert.strictEqual(source.resumes(), 2)
        // The second resume requests the new URL.
        const requests = [path, "/old.csv", "/new.csv"].map((path) => server.received(path).length)
        assert.deepStrictEqual(requests, [2, 2, 2])
        assert.strictEqual(server.received(path)[1]?.headers.range, `bytes=${offset}-`)
      }).pipe(Effect.provide(layer())),
  )

  it.live("follows the redirects again only once", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(path, inTurn(CsvServer.redirect("/old.csv"), CsvServer.status(403)))
      yield* server.serve("/old.csv", inTurn(beginning(), CsvServer.status(403)))
      const error = yield* Effect.flip(download(server, path, { path: "/old.csv" }))
      assert.propertyVal(error, "code", "source_interrupted")
      assert.propertyVal(error, "isRetryable", true)
      assert.include(error.message, "403")
      assert.deepStrictEqual(
        [path, "/old.csv"].map((path) => server.received(path).length),
        [2, 2],
      )
    }).pipe(Effect.provide(layer())),
  )

  it.live("sends the user and password only to their origin", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const other = yield* CsvServer.make()
      const withUser = SourceUrl.make(server.url(path).replace("//", "//user:secret@"))
      yield* server.serve(path, inTurn(CsvServer.redirect(other.url(path)), rest()))
      yield* other.serve(path, inTurn(beginning(), CsvServer.status(403)))
      const source = yield* open(withUser)
      const first = yield* other.request(path)
      yield* Stream.runForEach(source.bytes, () => first.cut)
      assert.strictEqual(source.resumes(), 1)
      const requests = (to: CsvServer.CsvServer) =>
        to.received(path).map(({ headers }) => [headers.range !== undefined, headers.authorization])
      const credentials = `Basic ${Buffer.from("user:secret").toString("base64")}`
      assert.deepStrictEqual(requests(server), [
        [false, credentials],
        [true, credentials],
      ])
      assert.deepStrictEqual(requests(other), [
        [false, undefined],
        [true, undefined],
      ])
    }).pipe(Effect.scoped, Effect.provide(layer())),
  )

  it.live("requests only allowed addresses", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const elsewhere = `http://localhost:${server.port}/new.csv`
      yield* server.serve(path, inTurn(CsvServer.redirect("/old.csv"), CsvServer.redirect(elsewhere)))
      yield* server.serve("/old.csv", inTurn(beginning(), CsvServer.status(403)))
      yield* server.serve("/new.csv", rest())
      const error = yield* Effect.flip(download(server, path, { path: "/old.csv" }))
      assert.propertyVal(error, "code", "source_interrupted")
      assert.include(error.message, "not public")
      assert.strictEqual(server.received("/new.csv").length, 0)
    }).pipe(Effect.provide(layer({ ALLOWED_HOSTS: "127.0.0.1" }, { localhost: ["127.0.0.2"] }))),
  )
})
