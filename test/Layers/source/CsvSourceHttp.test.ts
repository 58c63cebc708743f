import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"
import packageJson from "../../../package.json" with { type: "json" }
import { SourceUrl } from "../../../src/Domain/source/SourceUrl.ts"
import * as CsvServer from "../../support/CsvServer.ts"
import { failure, fetchText, layer, open, text } from "../../support/FetchedSource.ts"

describe("a file", () => {
  it.live("is returned completely, with its size and type", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve(
        "/a.csv",
        CsvServer.file("a,b\n1,2\n", { "content-type": "text/csv; charset=utf-8" }),
      )
      const source = yield* open(server.url("/a.csv"))
      assert.strictEqual(source.bytesTotal, 8)
      assert.strictEqual(source.contentType, "text/csv; charset=utf-8")
      assert.strictEqual(yield* text(source.bytes), "a,b\n1,2\n")
    }).pipe(Effect.provide(layer())),
  )

  it.live("can have an unknown size and type, and can be empty", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/chunked.csv", (exchange) =>
        Effect.all([exchange.head(200), exchange.send("a,b\n"), exchange.send("1,2\n"), exchange.end], {
          discard: true,
        }),
      )
      yield* server.serve("/empty.csv", CsvServer.file(""))
      const source = yield* open(server.url("/chunked.csv"))
      assert.strictEqual(source.bytesTotal, null)
      assert.strictEqual(source.contentType, null)
      assert.strictEqual(yield* text(source.bytes), "a,b\n1,2\n")
      assert.strictEqual(yield* fetchText(server.url("/empty.csv")), "")
    }).pipe(Effect.provide(layer())),
  )

  it.live("is requested uncompressed, with a user agent, and without trace headers", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.file("a\n"))
      yield* Effect.withSpan(fetchText(server.url("/a.csv")), "load")
      const { method, headers } = yield* server.request("/a.csv")
      assert.strictEqual(method, "GET")
      assert.deepStrictEqual(headers, {
        host: `127.0.0.1:${server.port}`,
        connection: "keep-alive",
        accept: "text/csv, */*;q=0.8",
        "accept-encoding": "identity",
        "user-agent": `Sluice/${packageJson.version}`,
      })
    }).pipe(Effect.provide(layer())),
  )

  it.live("is requested with the query exactly as given, and without the fragment", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a%20b.csv", CsvServer.file("a\n"))
      yield* fetchText(server.url("/a%20b.csv?q=a%20b+c&flag&sig=%2F~*%2f&q=2#part"))
      const { target } = yield* server.request("/a%20b.csv")
      assert.strictEqual(target, "/a%20b.csv?q=a%20b+c&flag&sig=%2F~*%2f&q=2")
    }).pipe(Effect.provide(layer())),
  )

  it.live("is requested with the user and password of the URL", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.file("a\n"))
      yield* fetchText(SourceUrl.make(`http://j%C3%BCrg:p%40ss:w%@127.0.0.1:${server.port}/a.csv`))
      const { headers, target } = yield* server.request("/a.csv")
      assert.strictEqual(headers.authorization, `Basic ${Buffer.from("jürg:p@ss:w%").toString("base64")}`)
      assert.strictEqual(target, "/a.csv")
    }).pipe(Effect.provide(layer())),
  )

  it.live("is fetched instead of the page of a share link, with the user's headers", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/o/r/raw/main/a.csv", CsvServer.file("a\n"))
      const page = SourceUrl.make("http://github.com/o/r/blob/main/a.csv")
      const body = yield* fetchText(page, { headers: { authorization: "token 1" } }).pipe(
        Effect.provide(layer({ SOURCE_HOST_ALIASES: `github.com=127.0.0.1:${server.port}` })),
      )
      assert.strictEqual(body, "a\n")
      assert.strictEqual((yield* server.request("/o/r/raw/main/a.csv")).headers.authorization, "token 1")
    }),
  )

  it.live("is fetched from the host's alias", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.redirect("http://files.example:8000/b.csv?x=1"))
      yield* server.serve("/b.csv", CsvServer.file("a\n"))
      const alias = { SOURCE_HOST_ALIASES: `files.example:8000=127.0.0.1:${server.port}` }
      const body = yield* fetchText(SourceUrl.make("http://files.example:8000/a.csv")).pipe(
        Effect.provide(layer(alias)),
      )
      assert.strictEqual(body, "a\n")
      assert.strictEqual((yield* server.request("/b.csv")).target, "/b.csv?x=1")
    }),
  )
})

describe("redirects", () => {
  it.live("are followed, relative and absolute, up to five", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/0", CsvServer.redirect("1?q=%20", 301))
      yield* server.serve("/1", CsvServer.redirect("/2", 302))
      yield* server.serve("/2", CsvServer.redirect(`//127.0.0.1:${server.port}/3`, 303))
      yield* server.serve("/3", CsvServer.redirect(`${server.origin}/4`, 307))
      yield* server.serve("/4", CsvServer.redirect("./5", 308))
      yield* server.serve("/5", CsvServer.file("a\n"))
      assert.strictEqual(yield* fetchText(server.url("/0")), "a\n")
      assert.strictEqual((yield* server.request("/1")).target, "/1?q=%20")
    }).pipe(Effect.provide(layer())),
  )

  it.live("are refused after the fifth, as in a loop", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/loop", CsvServer.redirect("/loop"))
      const error = yield* failure(server.url("/loop"))
      assert.strictEqual(error.code, "too_many_redirects")
      assert.strictEqual(server.received("/loop").length, 6)
    }).pipe(Effect.provide(layer())),
  )

  it.live.each([
    ["file:///etc/passwd", `"file" URL`],
    ["ftp://example.org/a.csv", `"ftp" URL`],
    ["data:text/csv,a", `"data" URL`],
    ["http://", "not a URL"],
    ["http://exa mple.org/", "not a URL"],
  ] as const)("to %s are refused", ([location, complaint]) =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.redirect(location))
      const error = yield* failure(server.url("/a.csv"))
      assert.strictEqual(error.code, "invalid_redirect")
      assert.include(error.message, complaint)
    }).pipe(Effect.provide(layer())),
  )

  it.live.each([
    ["/donn\u00e9es 2024.csv", "utf8", "/donn%C3%A9es%202024.csv"],
    ["/donn\u00e9es.csv?q=\u00e9", "latin1", "/donn%E9es.csv?q=%E9"],
    ["//127.0.0.1:{port}/a.csv", "utf8", "/a.csv"],
  ] as const)("to %s in raw %s are followed", ([location, encoding, path]) =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const target = location.replace("{port}", String(server.port))
      yield* server.serve("/", (exchange) =>
        exchange.sendRaw(Buffer.from(`HTTP/1.1 302 Found\r\nLocation: ${target}\r\n\r\n`, encoding)),
      )
      yield* server.serve(path.replace(/\?.*/, ""), CsvServer.file("a\n"))
      assert.strictEqual(yield* fetchText(server.url("/")), "a\n")
      assert.strictEqual((yield* server.request(path.replace(/\?.*/, ""))).target, path)
    }).pipe(Effect.provide(layer())),
  )

  it.live("without a Location are refused", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.status(302))
      assert.strictEqual((yield* failure(server.url("/a.csv"))).code, "invalid_redirect")
    }).pipe(Effect.provide(layer())),
  )

  it.live("send the credentials only to the same origin", () =>
    Effect.gen(function* () {
      const here = yield* CsvServer.make()
      const there = yield* CsvServer.make()
      yield* here.serve("/a", CsvServer.redirect("/b"))
      yield* here.serve("/b", CsvServer.redirect(`${there.origin}/c`))
      yield* there.serve("/c", CsvServer.redirect(`${here.origin}/d`))
      yield* here.serve("/d", CsvServer.file("a\n"))
      yield* fetchText(SourceUrl.make(`http://user:secret@127.0.0.1:${here.port}/a`))
      assert.isDefined((yield* here.request("/b")).headers.authorization)
      assert.isUndefined((yield* there.request("/c")).headers.authorization)
      assert.isUndefined((yield* here.request("/d")).headers.authorization)
    }).pipe(Effect.provide(layer())),
  )

  it.live("close their connection before the file is read", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/from", (exchange) =>
        Effect.andThen(exchange.head(302, { location: "/a.csv" }), exchange.send("a page that never ends")),
      )
      yield* server.serve("/a.csv", CsvServer.file("a\n"))
      const source = yield* open(server.url("/from"))
      yield* (yield* server.request("/from")).closed
      assert.strictEqual(yield* text(source.bytes), "a\n")
    }).pipe(Effect.provide(layer())),
  )
})

describe("a secret in the URL", () => {
  it.live("is in no span and in no error", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/gone.csv", CsvServer.status(404))
      yield* server.serve("/cut.csv", (exchange) => exchange.cut)
      yield* server.serve("/a.csv", CsvServer.redirect("/b.csv?token=s3cret"))
      yield* server.serve("/b.csv", CsvServer.file("a\n"))
      const spans: Array<Tracer.NativeSpan> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        },
      })
      const withSecrets = (path: string) =>
        SourceUrl.make(`http://user:s3cret@127.0.0.1:${server.port}${path}?token=s3cret&page=1`)

      const gone = yield* failure(withSecrets("/gone.csv")).pipe(Effect.withTracer(tracer))
      const cut = yield* failure(withSecrets("/cut.csv")).pipe(Effect.withTracer(tracer))
      yield* fetchText(withSecrets("/a.csv")).pipe(Effect.withTracer(tracer))

      assert.strictEqual(gone.code, "source_not_found")
      assert.strictEqual(cut.code, "source_unreachable")
      const basic = Buffer.from("user:s3cret").toString("base64")
      // Of an outcome, only the failure is exported.
      const outcomes = spans.map(({ status }) =>
        status._tag === "Ended" && Exit.isFailure(status.exit) ? status.exit : status._tag,
      )
      for (const seen of [gone, cut, outcomes, ...spans.map((span) => [span.name, span.attributes])]) {
        assert.notInclude(inspect(seen, { depth: 20 }), "s3cret")
        assert.notInclude(inspect(seen, { depth: 20 }), basic)
      }
      assert.deepStrictEqual(
        spans.map((span) => span.name),
        ["CsvSource.open", "GET", "CsvSource.open", "GET", "CsvSource.open", "GET", "GET"],
      )
      assert.deepStrictEqual(Object.fromEntries(spans[4]!.attributes), {
        "url.full": `http://***@127.0.0.1:${server.port}/a.csv?token=***&page=***`,
        "server.address": "127.0.0.1",
        "server.port": server.port,
        "http.response.status_code": 200,
        "http.response.body.size": 2,
        "http.request.resend_count": 1,
      })
    }).pipe(Effect.provide(layer())),
  )
})

describe("a malformed setting", () => {
  it.live.each([
    ["ALLOWED_HOSTS", "10.0.0.0/8,10.0.0.1/8", "InvalidDestination", "10.0.0.1/8"],
    ["SOURCE_HOST_ALIASES", "a=b,localhost", "InvalidHostAlias", "localhost"],
  ] as const)("fails the layer: %s=%s", ([key, value, tag, entry]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.scoped(Layer.build(layer({ [key]: value }))))
      assert.propertyVal(error, "_tag", tag)
      assert.propertyVal(error, "entry", entry)
      assert.include(error.message, key)
    }),
  )
})
