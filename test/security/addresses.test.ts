import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as IpNetwork from "effect/net/IpNetwork"
import * as Result from "effect/Result"
import { hostOf } from "../../src/Domain/source/hosts/HostAndPort.ts"
import {
  type DestinationSettings,
  parsePolicy,
  refusalOf,
  type Surroundings,
} from "../../src/Domain/source/hosts/DestinationPolicy.ts"
import { prefixesIn } from "../../src/Layers/source/dns/translationPrefixes.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { noDestinations, nowhere, policyOf } from "../support/destinations.ts"
import { failure, fetchText, layer } from "../support/FetchedSource.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"

/** Why the host of this URL is refused, if its address is in the URL. */
const refusal = (url: string, over: Partial<DestinationSettings> = {}) => {
  const host = hostOf(new URL(url))
  const policy = policyOf(over)
  return (around = nowhere) => refusalOf(policy, around, { host, port: 80, address: host })?.reason ?? null
}

const v4 = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.1.1", "100.100.100.200", "168.63.129.16"]

const hex = (n: number) => n.toString(16)

/** All spellings of an IPv4 address that the URL parser accepts, and the IPv6 addresses that embed it. */
const spellings = (address: string): ReadonlyArray<string> => {
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number)
  const whole = a * 2 ** 24 + (b << 16) + (c << 8) + d
  const groups = `${hex((a << 8) | b)}:${hex((c << 8) | d)}`
  const inverted = `${hex(((a << 8) | b) ^ 0xffff)}:${hex(((c << 8) | d) ^ 0xffff)}`
  return [
    `${a}.${b}.${c}.${d}`,
    `${a}.${b}.${c}.${d}.`,
    `${whole}`,
    `0x${hex(whole)}`,
    `0${whole.toString(8)}`,
    `${a}.${(b << 16) | (c << 8) | d}`,
    `0x${hex(a)}.0x${hex(b)}.0x${hex(c)}.0x${hex(d)}`,
    `0${a.toString(8)}.${b}.${(c << 8) | d}`,
    `%3${String(a)[0]}${String(a).slice(1)}.${b}.${c}.${d}`,
    [...address].map((char) => (char === "." ? "。" : String.fromCodePoint(0xff10 + Number(char)))).join(""),
    `[::ffff:${groups}]`,
    `[::ffff:${address}]`,
    `[0:0:0:0:0:FFFF:${groups}]`,
    `[::${groups}]`,
    `[::ffff:0:${groups}]`,
    `[64:ff9b::${groups}]`,
    `[64:ff9b:1::${groups}]`,
    `[2002:${groups}::1]`,
    `[2001:0:4136:e378:8000:63bf:${inverted}]`,
    `[2a00:1450:4001:830:0:5efe:${groups}]`,
    `[2a00:1450:4001:830:200:5efe:${groups}]`,
  ]
}

describe("an address that is not public is refused in every spelling", () => {
  it.each(v4.flatMap(spellings))("http://%s/", (host) => {
    assert.isNotNull(refusal(`http://${host}/`)(), host)
  })
})

describe("an address of a cloud's host services is refused", () => {
  it.each([
    ["AWS, Google, Azure, Oracle, DigitalOcean", "169.254.169.254"],
    ["AWS ECS", "169.254.170.2"],
    ["AWS EKS", "169.254.170.23"],
    ["AWS DNS", "169.254.169.253"],
    ["AWS over IPv6", "[fd00:ec2::254]"],
    ["AWS EKS over IPv6", "[fd00:ec2::23]"],
    ["Google over IPv6", "[fd20:ce::254]"],
    ["Azure wire server", "168.63.129.16"],
    ["Alibaba", "100.100.100.200"],
    ["Oracle Classic", "192.0.0.192"],
    ["Oracle over IPv6", "[fd00:c1::a9fe:a9fe]"],
    ["Tencent", "169.254.0.23"],
    ["Scaleway", "169.254.42.42"],
    ["Scaleway over IPv6", "[fd00:42::42]"],
    ["Linode over IPv6", "[fd00:a9fe:a9fe::1]"],
    ["IBM DNS", "161.26.0.10"],
    ["IBM service endpoints", "166.9.12.1"],
    ["Equinix Metal", "192.80.8.124"],
  ])("%s: %s", (_, host) => assert.isNotNull(refusal(`http://${host}/`)()))
})

describe("an address that is public is allowed", () => {
  it.each([
    "8.8.8.8",
    "168.63.129.15",
    "168.63.129.17",
    "161.25.255.255",
    "166.12.0.1",
    "[2a00:1450:4001:830::200e]",
    "[2a00:1450:4001:830:0:5efe:808:808]",
  ])("http://%s/", (host) => assert.isNull(refusal(`http://${host}/`)()))
})

const around = (own: ReadonlyArray<string>, prefixes: ReadonlyArray<string> = []): Surroundings => ({
  ownAddresses: new Set(own),
  translationPrefixes: prefixes.map(IpNetwork.fromStringUnsafe),
})

describe("the surroundings of the process", () => {
  it.each([
    ["http://198.35.26.96/", around(["198.35.26.96"]), "an address of this machine"],
    ["http://[2a00:1450::1]/", around(["2a00:1450::1"]), "an address of this machine"],
    ["http://[::ffff:198.35.26.96]/", around(["198.35.26.96"]), "an address of this machine"],
    ["http://[2002:c623:1a60::]/", around(["198.35.26.96"]), "an address of this machine"],
    ["http://[2a01:4f8:0:64::a01:203]/", around([], ["2a01:4f8:0:64::/96"]), "private use"],
    ["http://[2a01:4f8:a01:203::]/", around([], ["2a01:4f8::/32"]), "private use"],
    ["http://[2a01:4f8:a:102:3::]/", around([], ["2a01:4f8::/40"]), "private use"],
    ["http://[2a01:4f8:7:a01:2:300::]/", around([], ["2a01:4f8:7::/48"]), "private use"],
    ["http://[2a01:4f8:7:a:1:203::]/", around([], ["2a01:4f8:7::/56"]), "private use"],
    ["http://[2a01:4f8:7:8:a:102:300:0]/", around([], ["2a01:4f8:7:8::/64"]), "private use"],
    ["http://[2a01:4f8:0:64::808:808]/", around([], ["2a01:4f8:0:64::/96"]), null],
  ] as const)("%s", (url, surroundings, reason) => {
    const found = refusal(url)(surroundings)
    assert.strictEqual(found === "6to4" ? reason : found, reason)
  })

  it.each([
    ["64:ff9b::c000:aa", ["64:ff9b::/96"]],
    ["2a01:4f8:0:64::c000:ab", ["2a01:4f8:0:64::/96"]],
    ["2a01:4f8:c000:aa::", ["2a01:4f8::/32"]],
    ["2a01:4f8:c0:0:aa::", ["2a01:4f8::/40"]],
    ["2a01:4f8:7:c000:0:aa00::", ["2a01:4f8:7::/48"]],
    ["2a01:4f8:7:c0:0:aa::", ["2a01:4f8:7::/56"]],
    ["2a01:4f8:7:8:c0:0:aa00:0", ["2a01:4f8:7:8::/64"]],
    ["2a01:4f8::1", []],
    ["192.0.0.170", []],
  ])("the NAT64 prefix is known from ipv4only.arpa at %s", (address, prefixes) => {
    assert.deepStrictEqual(prefixesIn(address).map(IpNetwork.format), prefixes)
  })

  it.live("a name with an address behind the network's NAT64 prefix gets no connection", () =>
    Effect.gen(function* () {
      const error = yield* failure(SourceUrl.make("http://files.example/a.csv"))
      assert.strictEqual(error.code, "source_unknown_host")
      assert.strictEqual(JSON.stringify(error.cause).includes("private use"), true)
    }).pipe(
      Effect.provide(
        layer(
          {},
          {
            "files.example": ["2a01:4f8:0:64::a01:203"],
            "ipv4only.arpa.": ["2a01:4f8:0:64::c000:aa", "192.0.0.170"],
          },
        ),
      ),
    ),
  )
})

describe("DENIED_NETWORKS", () => {
  const denied = { deniedNetworks: ["131.10.0.0/16", "2a01:4f8::/32"] }
  it.each([
    ["http://131.10.5.5/", [], "in DENIED_NETWORKS"],
    ["http://131.11.5.5/", [], null],
    ["http://[2a01:4f8::1]/", [], "in DENIED_NETWORKS"],
    ["http://[::ffff:131.10.5.5]/", [], "in DENIED_NETWORKS"],
    ["http://131.10.5.5/", ["131.10.5.5"], null],
    ["http://131.10.5.5/", ["131.10.0.0/16"], null],
    ["http://131.10.5.5/", ["131.0.0.0/8"], "in DENIED_NETWORKS"],
    ["http://131.10.5.5/", ["0.0.0.0/0"], "in DENIED_NETWORKS"],
  ])("%s with ALLOWED_HOSTS=%s: %s", (url, allowedHosts, reason) => {
    assert.strictEqual(refusal(url, { ...denied, allowedHosts })(), reason)
  })

  it("is no network that a name of ALLOWED_HOSTS can be moved to", () => {
    const policy = policyOf({ ...denied, allowedHosts: ["files.example"] })
    const at = (address: string) => refusalOf(policy, nowhere, { host: "files.example", port: 80, address })
    assert.isNull(at("10.0.0.1"))
    assert.isNotNull(at("131.10.5.5"))
  })

  it.each([["host"], ["*.example"], ["10.0.0.0/33"], ["10.0.0.1/8"], ["10.0.0.1:80"], [""]])(
    'refuses the malformed entry "%s"',
    (entry) => {
      const result = parsePolicy({ ...noDestinations, deniedNetworks: ["10.0.0.0/8", entry] })
      assert.include(Result.isFailure(result) ? result.failure.message : "", `DENIED_NETWORKS: "${entry}"`)
    },
  )
})

describe("SOURCES_ONLY", () => {
  const sourcesOnly = ["*.example.org", "files.test:8080", "8.8.0.0/16", "data.test"]
  const policy = policyOf({ sourcesOnly })
  it.each([
    ["a.example.org", 80, "1.2.3.4", true],
    ["A.B.Example.Org.", 443, "1.2.3.4", true],
    ["example.org", 80, "1.2.3.4", false],
    ["badexample.org", 80, "1.2.3.4", false],
    ["a.example.org.evil.test", 80, "1.2.3.4", false],
    ["files.test", 8080, "1.2.3.4", true],
    ["files.test", 80, "1.2.3.4", false],
    ["x.files.test", 8080, "1.2.3.4", false],
    ["other.test", 80, "8.8.4.4", true],
    ["8.8.4.4", 80, "8.8.4.4", true],
    ["data.test", 443, "1.2.3.4", true],
    ["data.test", 80, "10.0.0.1", false],
    ["a.example.org", 22, "1.2.3.4", false],
  ])("%s:%i at %s: %s", (host, port, address, isAllowed) => {
    assert.strictEqual(refusalOf(policy, nowhere, { host, port, address }) === null, isAllowed)
  })

  it.each([["*"], ["*.*.org"], ["a.*.org"], ["*.10.0.0.1"], ["files.test;redirect"], ["http://a.org"]])(
    'refuses the malformed entry "%s"',
    (entry) => {
      const result = parsePolicy({ ...noDestinations, sourcesOnly: [entry] })
      assert.include(Result.isFailure(result) ? result.failure.message : "", `SOURCES_ONLY: "${entry}"`)
    },
  )

  it.live("applies to redirects, and to names before DNS is asked", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.file("a\n"))
      yield* server.serve("/away", CsvServer.redirect(`http://other.test:${server.port}/a.csv`))
      const asked: Array<string> = []
      const hosts = (host: string) => {
        asked.push(host)
        return Effect.succeed([{ address: "127.0.0.1", family: 4 }])
      }
      const url = (path: string) => SourceUrl.make(`http://files.example.org:${server.port}${path}`)
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* fetchText(url("/a.csv")), "a\n")
        assert.strictEqual((yield* failure(url("/away"))).code, "address_forbidden")
        assert.notInclude(asked, "other.test")
      }).pipe(Effect.provide(layer({ SOURCES_ONLY: "*.example.org" }, hosts)))
    }),
  )
})
