import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as tls from "node:tls"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import { beginning, inTurn, rest, whole } from "../support/BrokenDownload.ts"
import * as ConnectProxy from "../support/ConnectProxy.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { failure, fetchText, layer, open } from "../support/FetchedSource.ts"
import { selfSigned } from "../support/selfSigned.ts"

const hosts = {
  "pub.test": ["93.184.216.34"],
  "other-pub.test": ["93.184.216.35"],
  "named-pub.test": ["93.184.216.36"],
  "files.internal": ["10.0.0.5"],
  "other.internal": ["10.0.0.6"],
  "mapped.internal": ["::ffff:10.0.0.6"],
  "hidden.internal": ["192.168.7.7"],
  "flagged.internal": ["192.168.8.8"],
}
const allowed = "files.internal:8000,named-pub.test,10.0.0.0/8,127.0.0.1,flagged.internal:8000;redirect"

/** A world in which every address leads to one server through a proxy. `dialed` are the addresses that were dialed. */
const world = Effect.fnUntraced(function* (
  environment: Readonly<Record<string, string>> = {},
  resolver: Parameters<typeof layer>[1] = hosts,
) {
  const server = yield* CsvServer.make()
  yield* server.serve("/secret", CsvServer.file("secret\n"))
  yield* server.serve("/a.csv", CsvServer.file("a\n"))
  const proxy = yield* ConnectProxy.make(() => ({ port: server.port }))
  const source = layer(
    {
      ALLOWED_HOSTS: allowed,
      SOURCE_PROXY: proxy.url,
      SOURCE_HOST_ALIASES: "alias.test=files.internal:8000",
      ...environment,
    },
    resolver,
  )
  return {
    server,
    proxy,
    fetch: (url: string) => Effect.provide(fetchText(SourceUrl.make(url)), source),
    fails: (url: string) => Effect.provide(failure(SourceUrl.make(url)), source),
    source,
    /** The public host redirects there. */
    leadTo: (location: string, code = 302) => server.serve("/go", CsvServer.redirect(location, code)),
  }
})

const codes = [301, 302, 303, 307, 308]
const privateTargets = [
  "http://files.internal:8000/secret",
  "http://FILES.internal.:8000/secret",
  "http://user:password@files.internal:8000/secret",
  "//files.internal:8000/secret",
  "http://alias.test/secret",
  "http://10.0.0.5:8000/secret",
  "http://167772165:8000/secret",
  "http://0x0a.5:8000/secret",
  "http://[::ffff:10.0.0.5]:8000/secret",
  "http://[2002:a00:5::]:8000/secret",
  "http://other.internal/secret",
  "http://mapped.internal/secret",
  "http://hidden.internal/secret",
  "http://localhost:8000/secret",
  "http://127.0.0.1:8000/secret",
  "http://169.254.169.254/secret",
]

describe("a redirect from a public host leads to no address that is not public", () => {
  it.live.each(codes.flatMap((code) => privateTargets.map((target) => [code, target] as const)))(
    "%i to %s",
    ([code, target]) =>
      Effect.gen(function* () {
        const { fails, leadTo, proxy, server } = yield* world()
        yield* leadTo(target, code)
        const error = yield* fails("http://pub.test/go")
        assert.include(["address_forbidden", "source_unknown_host"], error.code)
        assert.deepStrictEqual(proxy.targets, ["93.184.216.34:80"])
        assert.strictEqual(server.received("/secret").length, 0)
      }),
  )

  it.live("over other hosts, public and trusted", () =>
    Effect.gen(function* () {
      const { fails, server } = yield* world()
      yield* server.serve("/1", CsvServer.redirect("http://pub.test/2"))
      yield* server.serve("/2", CsvServer.redirect("http://named-pub.test/3"))
      yield* server.serve("/3", CsvServer.redirect("http://files.internal:8000/secret"))
      assert.strictEqual((yield* fails("http://files.internal:8000/1")).code, "source_unknown_host")
      assert.strictEqual(server.received("/3").length, 1)
      assert.strictEqual(server.received("/secret").length, 0)
    }),
  )

  it.live("not even over a connection that the caller's own request has opened", () =>
    Effect.gen(function* () {
      const { leadTo, proxy, server, source } = yield* world()
      yield* leadTo("http://files.internal:8000/secret")
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* fetchText(SourceUrl.make("http://files.internal:8000/a.csv")), "a\n")
        assert.strictEqual((yield* failure(SourceUrl.make("http://pub.test/go"))).code, "source_unknown_host")
      }).pipe(Effect.provide(source))
      assert.strictEqual(server.received("/secret").length, 0)
      assert.deepStrictEqual(proxy.targets, ["10.0.0.5:8000", "93.184.216.34:80"])
    }),
  )

  it.live.each(["http://pub.test/secret", "/secret", "https://pub.test:8080/secret"])(
    "if its name resolves to another address meanwhile: %s",
    (location) =>
      Effect.gen(function* () {
        let lookups = 0
        const resolver = (host: string) =>
          Effect.succeed([
            { address: host === "pub.test" && lookups++ === 0 ? "93.184.216.34" : "10.0.0.9", family: 4 },
          ])
        const { fails, proxy, server } = yield* world({}, resolver)
        yield* server.serve("/go", (exchange) =>
          Effect.andThen(
            exchange.head(302, { location, connection: "close", "content-length": 0 }),
            exchange.end,
          ),
        )
        assert.strictEqual((yield* fails("http://pub.test/go")).code, "source_unknown_host")
        assert.deepStrictEqual(proxy.targets, ["93.184.216.34:80"])
      }),
  )

  it.live("as the place of a file that is being prepared", () =>
    Effect.gen(function* () {
      const { fails, proxy, server } = yield* world()
      const location = "http://files.internal:8000/secret"
      yield* server.serve("/go", CsvServer.status(202, { location, "retry-after": "0" }))
      assert.strictEqual((yield* fails("http://pub.test/go")).code, "source_unknown_host")
      assert.deepStrictEqual(proxy.targets, ["93.184.216.34:80"])
    }),
  )

  it.live("when a broken download follows the redirects again", () =>
    Effect.gen(function* () {
      const { server, source } = yield* world()
      yield* server.serve(
        "/go",
        inTurn(
          CsvServer.redirect("http://other-pub.test/old.csv"),
          CsvServer.redirect("http://files.internal:8000/secret"),
        ),
      )
      yield* server.serve("/old.csv", inTurn(beginning(), CsvServer.status(403)))
      yield* server.serve("/secret", rest())
      const error = yield* Effect.gen(function* () {
        const { bytes } = yield* open(SourceUrl.make("http://pub.test/go"))
        const first = yield* server.request("/old.csv")
        return yield* Effect.flip(Stream.runForEach(bytes, () => first.cut))
      }).pipe(Effect.scoped, Effect.provide(source))
      assert.propertyVal(error, "code", "source_interrupted")
      assert.strictEqual(server.received("/secret").length, 0)
    }),
  )

  it.live("where a redirect led before its name had another address", () =>
    Effect.gen(function* () {
      let moved = false
      const resolver = (host: string) =>
        Effect.succeed([{ address: host === "pub.test" || !moved ? "93.184.216.34" : "10.0.0.9", family: 4 }])
      const { proxy, server, source } = yield* world({}, resolver)
      yield* server.serve("/go", CsvServer.redirect("http://other-pub.test/old.csv"))
      yield* server.serve("/old.csv", inTurn(beginning(), rest()))
      const error = yield* Effect.gen(function* () {
        const { bytes } = yield* open(SourceUrl.make("http://pub.test/go"))
        const first = yield* server.request("/old.csv")
        moved = true
        return yield* Effect.flip(Stream.runForEach(bytes, () => first.cut))
      }).pipe(Effect.scoped, Effect.provide(source))
      assert.propertyVal(error, "code", "source_interrupted")
      assert.isFalse(proxy.targets.some((target) => target.startsWith("10.")))
    }),
  )
})

describe("a redirect that is allowed", () => {
  it.live.each<readonly [url: string, location: string, meaning: string]>([
    ["http://pub.test/go", "http://other-pub.test/a.csv", "from a public host to another"],
    ["http://pub.test/go", "/a.csv", "within a public host"],
    ["http://files.internal:8000/go", "http://other.internal/a.csv", "between allowed private hosts"],
    ["http://10.0.0.5/go", "http://files.internal:8000/a.csv", "from an address in an allowed network"],
    ["http://alias.test/go", "http://files.internal:8000/a.csv", "from an alias of an allowed host"],
    ["http://files.internal:8000/go", "http://alias.test/a.csv", "to an alias of an allowed host"],
    ["http://files.internal:8000/go", "http://pub.test/a.csv", "from a private host to a public one"],
    ["http://named-pub.test/go", "http://files.internal:8000/a.csv", "from a public host with an entry"],
    ["http://pub.test/go", "http://flagged.internal:8000/a.csv", "to an entry with ;redirect"],
  ])("%s to %s: %s", ([url, location]) =>
    Effect.gen(function* () {
      const { fetch, leadTo } = yield* world()
      yield* leadTo(location)
      assert.strictEqual(yield* fetch(url), "a\n")
    }),
  )

  it.live("is resumed where it led", () =>
    Effect.gen(function* () {
      const { leadTo, server, source } = yield* world()
      yield* leadTo("http://flagged.internal:8000/big.csv")
      yield* server.serve("/big.csv", inTurn(beginning(), rest()))
      let text = ""
      yield* Effect.gen(function* () {
        const { bytes } = yield* open(SourceUrl.make("http://pub.test/go"))
        const first = yield* server.request("/big.csv")
        yield* Stream.runForEach(bytes, (chunk) => {
          const isFirst = text === ""
          text += Buffer.from(chunk).toString()
          return isFirst ? first.cut : Effect.void
        })
      }).pipe(Effect.scoped, Effect.provide(source))
      assert.strictEqual(text, whole)
    }),
  )

  it.live("is not one to a host or port beside the entry with ;redirect", () =>
    Effect.gen(function* () {
      const { fails, leadTo } = yield* world()
      for (const location of ["http://flagged.internal:8001/secret", "http://192.168.8.8:8000/secret"]) {
        yield* leadTo(location)
        const { code, message } = yield* fails("http://pub.test/go")
        assert.include(["address_forbidden", "source_unknown_host"], code)
        if (code === "address_forbidden") assert.include(message, "ALLOWED_HOSTS=192.168.8.8:8000;redirect")
      }
    }),
  )
})

describe("a redirect from https", () => {
  const host = "self-signed.test"
  const secure = Effect.fnUntraced(function* (environment: Readonly<Record<string, string>>) {
    const trusted = tls.getCACertificates("default")
    tls.setDefaultCACertificates([...trusted, selfSigned.cert])
    yield* Effect.addFinalizer(() => Effect.sync(() => tls.setDefaultCACertificates(trusted)))
    const server = yield* CsvServer.make({ tls: selfSigned })
    const plain = yield* CsvServer.make()
    yield* server.serve("/a.csv", CsvServer.file("a\n"))
    yield* plain.serve("/a.csv", CsvServer.file("a\n"))
    const source = layer({ ALLOWED_HOSTS: "127.0.0.1", ...environment }, { [host]: ["127.0.0.1"] })
    const url = SourceUrl.make(`https://${host}:${server.port}/go`)
    return { server, plain, url, source }
  })

  it.live.each(codes)("to http is refused: %i", (code) =>
    Effect.gen(function* () {
      const { plain, server, source, url } = yield* secure({})
      yield* server.serve("/go", CsvServer.redirect(`${plain.origin}/a.csv`, code))
      const error = yield* Effect.provide(failure(url), source)
      assert.strictEqual(error.code, "invalid_redirect")
      assert.match(error.message, /redirects to http from https.*ALLOW_DOWNGRADE=true\.$/)
      assert.strictEqual(plain.connections(), 0)
    }),
  )

  it.live("to http is refused on the way, and as the place of a file that is being prepared", () =>
    Effect.gen(function* () {
      const { plain, server, source, url } = yield* secure({})
      const location = `${plain.origin}/a.csv`
      yield* server.serve("/go", CsvServer.status(202, { location, "retry-after": "0" }))
      assert.strictEqual((yield* Effect.provide(failure(url), source)).code, "invalid_redirect")
      yield* plain.serve("/start", CsvServer.redirect(`https://${host}:${server.port}/back`))
      yield* server.serve("/back", CsvServer.redirect(location))
      const chain = yield* Effect.provide(failure(plain.url("/start")), source)
      assert.strictEqual(chain.code, "invalid_redirect")
      assert.strictEqual(plain.received("/a.csv").length, 0)
    }),
  )

  it.live("to http is followed with ALLOW_DOWNGRADE, and to https always", () =>
    Effect.gen(function* () {
      const { plain, server, source, url } = yield* secure({ ALLOW_DOWNGRADE: "true" })
      yield* server.serve("/go", CsvServer.redirect(`${plain.origin}/a.csv`))
      assert.strictEqual(yield* Effect.provide(fetchText(url), source), "a\n")
      yield* server.serve("/go", CsvServer.redirect("/a.csv"))
      assert.strictEqual(yield* Effect.provide(fetchText(url), source), "a\n")
    }),
  )
})
