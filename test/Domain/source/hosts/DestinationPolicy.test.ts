import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  type DestinationPolicy,
  parsePolicy,
  refusalOf,
} from "../../../../src/Domain/source/hosts/DestinationPolicy.ts"
import { hostOf } from "../../../../src/Domain/source/hosts/HostAndPort.ts"
import { specialPurposeNetworks } from "../../../../src/Domain/source/hosts/SpecialPurposeNetworks.ts"
import { noDestinations, nowhere, policyOf } from "../../../support/destinations.ts"

const parse = (allowedHosts: ReadonlyArray<string>) => parsePolicy({ ...noDestinations, allowedHosts })

const policy = (...entries: ReadonlyArray<string>): DestinationPolicy => policyOf({ allowedHosts: entries })

const decision = (rules: DestinationPolicy, host: string, address: string, port = 80) =>
  refusalOf(rules, nowhere, { host, port, address }) === null ? "Allowed" : "Forbidden"

const octets = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))
const sixteen = Arbitrary.array(Arbitrary.schema(octets), { minLength: 16, maxLength: 16 })

const anyNetwork = Arbitrary.map(
  Arbitrary.schema(Schema.Literals(specialPurposeNetworks.map(({ network }) => IpNetwork.format(network)))),
  IpNetwork.fromStringUnsafe,
)

/** An address of the network: its prefix, then these octets. */
const within = (network: IpNetwork.IpNetwork, noise: ReadonlyArray<number>): NetAddress.IpAddress => {
  const first = NetAddress.isIpv4Address(network.address)
    ? NetAddress.ipv4ToOctets(network.address)
    : NetAddress.ipv6ToOctets(network.address)
  const bytes = first.map((octet, index) => {
    const fixed = Math.min(8, Math.max(0, network.prefixLength - index * 8))
    return octet | (noise[index]! & (0xff >> fixed))
  })
  return NetAddress.ipFromInputUnsafe(Uint8Array.from(bytes))
}

/** Other spellings of an IPv4 address in a URL (WHATWG URL, IPv4 parser). */
const spellings = (address: NetAddress.IpAddress): ReadonlyArray<string> => {
  assert(NetAddress.isIpv4Address(address))
  const [a, b, c, d] = NetAddress.ipv4ToOctets(address)
  const tail = (b << 16) | (c << 8) | d
  return [
    `${a}.${b}.${c}.${d}`,
    `${a * 2 ** 24 + tail}`,
    `0x${(a * 2 ** 24 + tail).toString(16)}`,
    `0x${a.toString(16)}.${tail}`,
    `0${a.toString(8)}.${b}.${(c << 8) | d}`,
    `[::ffff:${a}.${b}.${c}.${d}]`,
    `[::${a}.${b}.${c}.${d}]`,
    `[64:ff9b::${a}.${b}.${c}.${d}]`,
  ]
}

describe("an address that is not in ALLOWED_HOSTS", () => {
  it.prop(
    "is forbidden in a special-purpose network",
    { network: anyNetwork, noise: sixteen },
    ({ network, noise }) => {
      const address = NetAddress.formatIp(within(network, noise))
      assert.strictEqual(decision(policy(), "example.org", address), "Forbidden")
    },
    { arbitrary: { runs: 1000 } },
  )

  it.prop(
    "is forbidden in every spelling of a URL",
    { network: Arbitrary.filter(anyNetwork, IpNetwork.isIpv4Network), noise: sixteen },
    ({ network, noise }) => {
      for (const spelling of spellings(within(network, noise))) {
        const host = hostOf(new URL(`http://${spelling}/`))
        assert.strictEqual(decision(policy(), host, host), "Forbidden", spelling)
      }
    },
    { arbitrary: { runs: 300 } },
  )

  it.each([
    "93.184.216.34",
    "8.8.8.8",
    "1.1.1.1",
    "172.15.255.255",
    "172.32.0.0",
    "100.63.255.255",
    "223.255.255.255",
    "2606:2800:220:1:248:1893:25c8:1946",
    "2a00:1450:4001:830::200e",
    "::ffff:8.8.8.8",
  ])("is allowed if it is public: %s", (address) => {
    assert.strictEqual(decision(policy(), "example.org", address), "Allowed")
  })

  it.each(["fe80::1%eth0", "localhost", "", "127.1", "0127.0.0.1"])(
    'is forbidden if it is not a plain address: "%s"',
    (address) => {
      assert.strictEqual(decision(policy(), "example.org", address), "Forbidden")
    },
  )

  it("is forbidden with a reason that has its kind, but not the address", () => {
    assert.deepStrictEqual(refusalOf(policy(), nowhere, { host: "x", port: 80, address: "10.1.2.3" }), {
      subject: "address",
      reason: "private use",
    })
  })
})

describe("ALLOWED_HOSTS", () => {
  it.each([
    { entry: "fileserver", host: "fileserver", address: "10.0.0.5", port: 80, expected: "Allowed" },
    { entry: "FileServer.", host: "fileserver", address: "10.0.0.5", port: 8081, expected: "Allowed" },
    { entry: "fileserver", host: "fileserver.", address: "10.0.0.5", port: 80, expected: "Allowed" },
    { entry: "fileserver:8000", host: "fileserver", address: "10.0.0.5", port: 8000, expected: "Allowed" },
    { entry: "fileserver:80", host: "fileserver", address: "10.0.0.5", port: 80, expected: "Allowed" },
    { entry: "fileserver:8000", host: "fileserver", address: "10.0.0.5", port: 80, expected: "Forbidden" },
    { entry: "fileserver", host: "other", address: "10.0.0.5", port: 80, expected: "Forbidden" },
    { entry: "fileserver", host: "a.fileserver", address: "10.0.0.5", port: 80, expected: "Forbidden" },
    {
      entry: "bücher.example",
      host: "xn--bcher-kva.example",
      address: "10.0.0.5",
      port: 80,
      expected: "Allowed",
    },
    { entry: "10.0.0.0/8", host: "any", address: "10.255.0.1", port: 80, expected: "Allowed" },
    { entry: "10.0.0.0/8", host: "any", address: "::ffff:10.1.1.1", port: 80, expected: "Allowed" },
    { entry: "10.0.0.0/8", host: "any", address: "64:ff9b::10.1.1.1", port: 80, expected: "Forbidden" },
    { entry: "10.0.0.0/8", host: "any", address: "11.0.0.1", port: 80, expected: "Allowed" },
    { entry: "10.0.0.0/8", host: "any", address: "192.168.0.1", port: 80, expected: "Forbidden" },
    { entry: "127.0.0.1", host: "any", address: "127.0.0.1", port: 80, expected: "Allowed" },
    { entry: "127.0.0.1", host: "any", address: "127.0.0.2", port: 80, expected: "Forbidden" },
    { entry: "::ffff:127.0.0.1", host: "any", address: "127.0.0.1", port: 80, expected: "Allowed" },
    { entry: "127.0.0.1:8000", host: "any", address: "127.0.0.1", port: 8000, expected: "Allowed" },
    { entry: "127.0.0.1:8000", host: "any", address: "127.0.0.1", port: 8001, expected: "Forbidden" },
    { entry: "::1", host: "any", address: "::1", port: 80, expected: "Allowed" },
    { entry: "fd00::/8", host: "any", address: "fd12::1", port: 80, expected: "Allowed" },
    { entry: "[fd00::1]:8000", host: "any", address: "fd00::1", port: 8000, expected: "Allowed" },
    { entry: "[fd00::1]:8000", host: "any", address: "fd00::1", port: 80, expected: "Forbidden" },
    { entry: "64:ff9b::/96", host: "any", address: "64:ff9b::8.8.8.8", port: 80, expected: "Allowed" },
    { entry: "64:ff9b::/96", host: "any", address: "64:ff9b::10.1.1.1", port: 80, expected: "Forbidden" },
    { entry: "2002::/16", host: "any", address: "2002:7f00:1::", port: 80, expected: "Forbidden" },
    { entry: "2002::/16", host: "any", address: "2002:808:808::", port: 80, expected: "Allowed" },
    { entry: "0.0.0.0/0", host: "any", address: "169.254.169.254", port: 80, expected: "Allowed" },
    { entry: "::/0", host: "any", address: "::1", port: 80, expected: "Allowed" },
  ])("$entry, with $host at $address port $port: $expected", ({ entry, host, address, port, expected }) => {
    assert.strictEqual(decision(policy(entry), host, address, port), expected)
  })

  it.each([
    "10.0.0.1/8",
    "10.0.0.0/33",
    "nonsense/8",
    "::ffff:10.0.0.0/104",
    "host:0",
    "host:65536",
    "host:http",
    "http://host",
    "user@host",
    "host/path",
    "*.internal",
    "[::1",
    "1:2:3",
    "300.1.1.1",
    "",
  ])('refuses the malformed entry "%s"', (entry) => {
    const result = parse(["good:8000", entry])
    assert(Result.isFailure(result))
    assert.strictEqual(result.failure.entry, entry)
    assert.include(result.failure.message, `ALLOWED_HOSTS: "${entry}"`)
  })
})
