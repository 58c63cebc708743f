import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as net from "node:net"
import * as tls from "node:tls"
import type { LoadErrorCode } from "../../src/Domain/load/LoadError.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import { failureReason } from "../../src/Layers/source/request/transportError.ts"
import * as ConnectProxy from "../support/ConnectProxy.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { failure, fetchText, layer } from "../support/FetchedSource.ts"
import { selfSigned } from "../support/selfSigned.ts"

const hosts = {
  "pub.test": ["93.184.216.34"],
  "six.test": ["2a00:1450::1"],
  "two.test": ["93.184.216.40", "93.184.216.41"],
  "self-signed.test": ["93.184.216.35"],
  "internal.test": ["10.0.0.1"],
  "direct.test": ["127.0.0.1"],
  "proxy.test": ["127.0.0.1"],
}

/** A server that is reached through a proxy only. */
const behindProxy = Effect.fnUntraced(function* (
  environment: (proxy: ConnectProxy.ConnectProxy) => Readonly<Record<string, string>> = () => ({}),
  options: Parameters<typeof CsvServer.make>[0] = {},
) {
  const server = yield* CsvServer.make(options)
  yield* server.serve("/a.csv", CsvServer.file("a\n"))
  const proxy = yield* ConnectProxy.make(() => ({ port: server.port }))
  return { server, proxy, source: layer({ SOURCE_PROXY: proxy.url, ...environment(proxy) }, hosts) }
})

describe("SOURCE_PROXY", () => {
  it.live.each<readonly [url: string, target: string]>([
    ["http://pub.test/a.csv", "93.184.216.34:80"],
    ["http://pub.test:8080/a.csv", "93.184.216.34:8080"],
    ["http://six.test/a.csv", "[2a00:1450::1]:80"],
    ["http://93.184.216.34/a.csv", "93.184.216.34:80"],
    ["http://[2a00:1450::1]:8000/a.csv", "[2a00:1450::1]:8000"],
  ])("gets the checked address: %s", ([url, target]) =>
    Effect.gen(function* () {
      const { proxy, server, source } = yield* behindProxy()
      assert.strictEqual(yield* Effect.provide(fetchText(SourceUrl.make(url)), source), "a\n")
      assert.deepStrictEqual(proxy.targets, [target])
      assert.strictEqual(proxy.others(), 0)
      assert.strictEqual(server.received("/a.csv")[0]?.headers.host, new URL(url).host)
      assert.isUndefined(server.received("/a.csv")[0]?.headers["proxy-authorization"])
    }),
  )

  it.live("tunnels TLS, which verifies the host and not the address", () =>
    Effect.gen(function* () {
      const trusted = tls.getCACertificates("default")
      tls.setDefaultCACertificates([...trusted, selfSigned.cert])
      yield* Effect.addFinalizer(() => Effect.sync(() => tls.setDefaultCACertificates(trusted)))
      const { proxy, source } = yield* behindProxy(undefined, { tls: selfSigned })
      const url = SourceUrl.make("https://self-signed.test/a.csv")
      assert.strictEqual(yield* Effect.provide(fetchText(url), source), "a\n")
      assert.deepStrictEqual(proxy.targets, ["93.184.216.35:443"])
      const other = yield* Effect.provide(failure(SourceUrl.make("https://pub.test/a.csv")), source)
      assert.strictEqual(other.code, "source_tls_error")
    }),
  )

  it.live("gets user and password, which nothing shows", () =>
    Effect.gen(function* () {
      const { proxy, source } = yield* behindProxy(({ port }) => ({
        SOURCE_PROXY: `http://sluice:s%C3%A9cret@proxy.test:${port}`,
      }))
      const url = SourceUrl.make("http://pub.test/a.csv")
      assert.strictEqual(yield* Effect.provide(fetchText(url), source), "a\n")
      const expected = `Basic ${Buffer.from("sluice:sécret").toString("base64")}`
      assert.strictEqual(proxy.headers[0]?.["proxy-authorization"], expected)
    }),
  )

  it.live.each([
    "http://internal.test/a.csv",
    "http://10.0.0.1/a.csv",
    "http://169.254.169.254/",
    "http://[::ffff:a00:1]/",
    "http://pub.test:22/",
  ])("gets no request for what is forbidden: %s", (url) =>
    Effect.gen(function* () {
      const { proxy, source } = yield* behindProxy()
      const { code } = yield* Effect.provide(failure(SourceUrl.make(url)), source)
      assert.include(["address_forbidden", "source_unknown_host"], code)
      assert.deepStrictEqual(proxy.targets, [])
    }),
  )

  it.live("gets no request for an entry with ;direct", () =>
    Effect.gen(function* () {
      const { proxy, server, source } = yield* behindProxy(() => ({
        ALLOWED_HOSTS: "direct.test;direct,127.0.0.0/8",
      }))
      const url = (host: string) => SourceUrl.make(`http://${host}:${server.port}/a.csv`)
      assert.strictEqual(yield* Effect.provide(fetchText(url("direct.test")), source), "a\n")
      assert.deepStrictEqual(proxy.targets, [])
      assert.strictEqual(yield* Effect.provide(fetchText(url("proxy.test")), source), "a\n")
      assert.deepStrictEqual(proxy.targets, [`127.0.0.1:${server.port}`])
    }),
  )

  it.live("is asked for the next address of a host if it cannot reach one", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.file("a\n"))
      const proxy = yield* ConnectProxy.make((target) =>
        target.startsWith("93.184.216.40") ? { status: 502 } : { port: server.port },
      )
      const source = layer({ SOURCE_PROXY: proxy.url }, hosts)
      assert.strictEqual(
        yield* Effect.provide(fetchText(SourceUrl.make("http://two.test/a.csv")), source),
        "a\n",
      )
      assert.deepStrictEqual(proxy.targets, ["93.184.216.40:80", "93.184.216.41:80"])
    }),
  )

  it.live("carries a connection for the next requests too", () =>
    Effect.gen(function* () {
      const { proxy, source } = yield* behindProxy()
      yield* Effect.gen(function* () {
        for (let count = 0; count < 3; count++) {
          assert.strictEqual(yield* fetchText(SourceUrl.make("http://pub.test/a.csv")), "a\n")
          yield* Effect.sleep("20 millis")
        }
      }).pipe(Effect.provide(source))
      assert.strictEqual(proxy.targets.length, 1)
    }),
  )
})

describe("a proxy that makes no connection", () => {
  it.live.each<readonly [status: number, code: LoadErrorCode]>([
    [400, "source_proxy_failed"],
    [401, "source_proxy_failed"],
    [407, "source_proxy_failed"],
    [429, "source_proxy_failed"],
    [301, "source_proxy_failed"],
    [403, "address_forbidden"],
    [451, "address_forbidden"],
    [500, "source_unreachable"],
    [502, "source_unreachable"],
    [503, "source_unreachable"],
    [504, "source_unreachable"],
  ])("is named by its response: %i is %s", ([status, code]) =>
    Effect.gen(function* () {
      const proxy = yield* ConnectProxy.make(() => ({ status }))
      const url = proxy.url.replace("//", "//sluice:topsecret@")
      const error = yield* Effect.provide(
        failure(SourceUrl.make("http://pub.test/a.csv")),
        layer({ SOURCE_PROXY: url }, hosts),
      )
      assert.strictEqual(error.code, code)
      assert.include(failureReason(error.cause), String(status))
      assert.notInclude(
        `${error.message} ${failureReason(error.cause)} ${JSON.stringify(error.cause)}`,
        "topsecret",
      )
      if (code === "source_proxy_failed")
        assert.include(error.message, "The operator must look at SOURCE_PROXY")
    }),
  )

  it.live("is the operator's problem if it does not listen, cannot be found, or is silent", () =>
    Effect.gen(function* () {
      const gone = yield* Effect.scoped(
        Effect.map(
          ConnectProxy.make(() => "silent"),
          ({ url }) => url,
        ),
      )
      const silent = yield* ConnectProxy.make(() => "silent")
      const other = yield* Effect.acquireRelease(
        Effect.callback<net.Server>((resume) => {
          const server = net.createServer((socket) =>
            socket
              .resume()
              .on("error", () => {})
              .end("SSH-2.0-x\r\n"),
          )
          server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.callback<void>((resume) => void server.close(() => resume(Effect.void))),
      )
      const address = other.address()
      const otherPort = address !== null && typeof address === "object" ? address.port : 0
      for (const proxy of [
        gone,
        "http://nowhere.invalid:3128",
        silent.url,
        `http://127.0.0.1:${otherPort}`,
      ]) {
        const source = layer(
          { SOURCE_PROXY: proxy, SOURCE_HEADER_TIMEOUT: "400 millis" },
          { ...hosts, "nowhere.invalid": "ENOTFOUND" },
        )
        const { code } = yield* Effect.provide(failure(SourceUrl.make("http://pub.test/a.csv")), source)
        assert.include(["source_proxy_failed", "source_timeout"], code, proxy)
        if (proxy !== silent.url) assert.strictEqual(code, "source_proxy_failed", proxy)
      }
    }),
  )

  it.live.each([
    "socks5://proxy:1080",
    "proxy:3128",
    "http://proxy:3128/path",
    "http://u:topsecret@proxy/?a",
  ])("is no setting, and its password is not shown: %s", (proxy) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Effect.provide(fetchText(SourceUrl.make("http://pub.test/")), layer({ SOURCE_PROXY: proxy }, hosts)),
      )
      assert.include(String(error.message), "SOURCE_PROXY=***: expected a URL such as")
      assert.notInclude(JSON.stringify(error), "topsecret")
    }),
  )
})
