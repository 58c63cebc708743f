import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"

type Octets = ReadonlyArray<number>

/** A format of IPv6 addresses that contain an IPv4 address, and its position. */
interface Embedding {
  readonly network: IpNetwork.IpNetwork
  readonly ipv4: (octets: Octets) => Octets | null
}

const anyNetwork = IpNetwork.fromStringUnsafe("::/0")
const last = (octets: Octets) => octets.slice(12)

const embeddings: ReadonlyArray<Embedding> = [
  // IPv4-compatible (RFC 4291, 2.5.5.1), but neither :: nor ::1.
  {
    network: IpNetwork.fromStringUnsafe("::/96"),
    ipv4: (octets) => (octets.slice(12, 15).every((octet) => octet === 0) ? null : last(octets)),
  },
  // IPv4-translated (RFC 7915).
  { network: IpNetwork.fromStringUnsafe("::ffff:0:0:0/96"), ipv4: last },
  // 6to4 (RFC 3056, section 2).
  { network: IpNetwork.fromStringUnsafe("2002::/16"), ipv4: (octets) => octets.slice(2, 6) },
  // Teredo: the client's address, inverted (RFC 4380, section 4).
  {
    network: IpNetwork.fromStringUnsafe("2001::/32"),
    ipv4: (octets) => last(octets).map((octet) => octet ^ 0xff),
  },
  // ISATAP, under any prefix (RFC 5214, 6.1).
  {
    network: anyNetwork,
    ipv4: (octets) => {
      const [universal, zero, marker, second] = octets.slice(8, 12)
      const isIsatap = (universal! & 0xfd) === 0 && zero === 0 && marker === 0x5e && second === 0xfe
      return isIsatap ? last(octets) : null
    },
  },
]

/** NAT64 (RFC 6052, 2.1). Networks have prefixes of their own besides it. */
const wellKnownPrefix = IpNetwork.fromStringUnsafe("64:ff9b::/96")

/** The IPv4 address after a NAT64 prefix of 32, 40, 48, 56, 64 or 96 bits; octet 8 is skipped (RFC 6052, 2.2). */
export const translatedIpv4 = (octets: Octets, prefixLength: number): Octets => {
  const start = prefixLength / 8
  return [0, 1, 2, 3].map((index) => {
    const at = start + index
    return octets[start <= 8 && at >= 8 ? at + 1 : at]!
  })
}

/**
 * The IPv4 addresses that an IPv6 address contains: a gateway on the way may deliver to them.
 *
 * @param translationPrefixes of the NAT64 gateways of this network
 */
export const embeddedIpv4 = (
  address: NetAddress.IpAddress,
  translationPrefixes: ReadonlyArray<IpNetwork.IpNetwork>,
): ReadonlyArray<NetAddress.IpAddress> => {
  if (!NetAddress.isIpv6Address(address)) return []
  const octets = NetAddress.ipv6ToOctets(address)
  const found = embeddings
    .filter(({ network }) => IpNetwork.contains(network, address))
    .map(({ ipv4 }) => ipv4(octets))
  const translated = [wellKnownPrefix, ...translationPrefixes]
    .filter((prefix) => IpNetwork.contains(prefix, address))
    .map(({ prefixLength }) => translatedIpv4(octets, prefixLength))
  return [...found, ...translated].flatMap((ipv4) =>
    ipv4 === null ? [] : [NetAddress.ipv4FromBytesUnsafe(Uint8Array.from(ipv4))],
  )
}
