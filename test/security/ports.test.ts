import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import {
  type DestinationSettings,
  parsePolicy,
  refusalOf,
} from "../../src/Domain/source/hosts/DestinationPolicy.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import * as ConnectProxy from "../support/ConnectProxy.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { noDestinations, nowhere, policyOf } from "../support/destinations.ts"
import { failure, fetchText, layer } from "../support/FetchedSource.ts"

const isAllowed = (
  host: string,
  port: number,
  over: Partial<DestinationSettings> = {},
  address = "93.184.216.34",
) => refusalOf(policyOf(over), nowhere, { host, port, address }) === null

/** The bad ports of the Fetch standard. */
const bad = [
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]

/** Of databases, caches, queues and control interfaces. */
const ofServices = [
  1433, 1521, 1883, 2375, 2377, 2379, 3128, 6443, 8200, 9229, 15672, 3306, 3389, 5432, 5672, 6379, 9042, 9092,
  9200, 10250, 11211, 27017,
]

describe("a port", () => {
  it.each([...bad, ...ofServices, 81, 88, 444, 445, 1023])("%i is refused", (port) =>
    assert.isFalse(isAllowed("a.test", port)),
  )

  it.each([80, 443, 1024, 3000, 6670, 8000, 8080, 8443, 9000, 65535])("%i is for files", (port) =>
    assert.isTrue(isAllowed("a.test", port)),
  )

  it.each([
    [{ allowedPorts: ["22"] }, "a.test", 22, true],
    [{ allowedPorts: ["22"] }, "a.test", 21, false],
    [{ allowedPorts: ["20-22", "6000-6010"] }, "a.test", 21, true],
    [{ allowedPorts: ["20-22", "6000-6010"] }, "a.test", 6000, true],
    [{ allowedHosts: ["a.test:22"] }, "a.test", 22, true],
    [{ allowedHosts: ["a.test:22"] }, "b.test", 22, false],
    [{ allowedHosts: ["a.test:22"] }, "a.test", 23, false],
    [{ allowedHosts: ["a.test"] }, "a.test", 22, false],
    [{ allowedHosts: ["93.184.216.34:22"] }, "any.test", 22, true],
    [{ allowedHosts: ["93.184.216.0/24"] }, "any.test", 22, false],
    [{ sourcesOnly: ["a.test:22"] }, "a.test", 22, false],
    [{ sourcesOnly: ["a.test:22"], allowedPorts: ["22"] }, "a.test", 22, true],
  ] as const)("is allowed by a setting that names it: %j %s:%i %s", (over, host, port, expected) => {
    assert.strictEqual(isAllowed(host, port, over), expected)
  })

  it.each(["", "0", "65536", "http", "8000-", "-8000", "9000-8000", "80,443", "1e3", "0x50", " "])(
    'is no entry of ALLOWED_PORTS: "%s"',
    (entry) => {
      const result = parsePolicy({ ...noDestinations, allowedPorts: ["22", entry] })
      assert.include(Result.isFailure(result) ? result.failure.message : "", `ALLOWED_PORTS: "${entry}"`)
    },
  )
})

describe("a URL with a port that is not for files", () => {
  const asked: Array<string> = []
  const resolver = (host: string) => {
    asked.push(host)
    return Effect.succeed([{ address: "93.184.216.34", family: 4 }])
  }
  it.live.each([
    "http://pub.test:22/",
    "https://pub.test:25/a.csv",
    "http://[2a00:1450::1]:6667/",
    "http://pub.test:0/",
  ])("is refused without a lookup: %s", (url) =>
    Effect.gen(function* () {
      const error = yield* failure(SourceUrl.make(url))
      assert.strictEqual(error.code, "address_forbidden")
      assert.match(error.message, /does not fetch from port \d+.*ALLOWED_PORTS=\d+\.$/)
      assert.deepStrictEqual(asked, [])
    }).pipe(Effect.provide(layer({}, resolver))),
  )

  it.live("is not reached by a redirect, unless the port is allowed", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      const proxy = yield* ConnectProxy.make(() => ({ port: server.port }))
      yield* server.serve("/go", CsvServer.redirect("http://pub.test:22/a.csv"))
      yield* server.serve("/a.csv", CsvServer.file("a\n"))
      const hosts = { "pub.test": ["93.184.216.34"] }
      const url = SourceUrl.make("http://pub.test/go")
      const closed = yield* Effect.provide(failure(url), layer({ SOURCE_PROXY: proxy.url }, hosts))
      assert.strictEqual(closed.code, "address_forbidden")
      assert.deepStrictEqual(proxy.targets, ["93.184.216.34:80"])
      const opened = layer({ SOURCE_PROXY: proxy.url, ALLOWED_PORTS: "22" }, hosts)
      assert.strictEqual(yield* Effect.provide(fetchText(url), opened), "a\n")
    }),
  )
})
