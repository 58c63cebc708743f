import * as IpNetwork from "effect/net/IpNetwork"

/** A block of addresses that no public host has. */
export interface SpecialPurposeNetwork {
  readonly network: IpNetwork.IpNetwork
  /** Its name in the registry. */
  readonly name: string
}

const block = (cidr: string, name: string): SpecialPurposeNetwork => ({
  network: IpNetwork.fromStringUnsafe(cidr),
  name,
})

/**
 * All blocks of the IANA IPv4 Special-Purpose Address Registry (RFC 6890 and its updates), even the few that are globally
 * reachable (they serve protocols, not files), and multicast, which has its own registry. Blocks inside another block of
 * this list are left out.
 */
const ipv4 = [
  block("0.0.0.0/8", "this network"), // RFC 791, section 3.2
  block("10.0.0.0/8", "private use"), // RFC 1918
  block("100.64.0.0/10", "shared address space"), // RFC 6598
  block("127.0.0.0/8", "loopback"), // RFC 1122, section 3.2.1.3
  block("169.254.0.0/16", "link-local"), // RFC 3927
  block("172.16.0.0/12", "private use"), // RFC 1918
  // Contains DS-Lite (RFC 7335), PCP and TURN anycast (RFC 7723, RFC 8155), NAT64 discovery (RFC 7050).
  block("192.0.0.0/24", "IETF protocol assignments"), // RFC 6890, section 2.1
  block("192.0.2.0/24", "documentation"), // RFC 5737
  block("192.31.196.0/24", "AS112 service"), // RFC 7535
  block("192.52.193.0/24", "automatic multicast tunnelling"), // RFC 7450
  block("192.88.99.0/24", "6to4 relay anycast"), // RFC 7526
  block("192.168.0.0/16", "private use"), // RFC 1918
  block("192.175.48.0/24", "AS112 service"), // RFC 7534
  block("198.18.0.0/15", "benchmarking"), // RFC 2544
  block("198.51.100.0/24", "documentation"), // RFC 5737
  block("203.0.113.0/24", "documentation"), // RFC 5737
  block("224.0.0.0/4", "multicast"), // RFC 5771
  // Contains limited broadcast, 255.255.255.255 (RFC 8190).
  block("240.0.0.0/4", "reserved"), // RFC 1112, section 4
]

/**
 * All blocks of the IANA IPv6 Special-Purpose Address Registry, then everything else outside 2000::/3, the only block for
 * global unicast (IANA Internet Protocol Version 6 Address Space). IPv4-mapped addresses (::ffff:0:0/96) are not listed,
 * because they are checked as the IPv4 address that is dialed.
 */
const ipv6 = [
  block("::/128", "unspecified"), // RFC 4291, section 2.5.2
  block("::1/128", "loopback"), // RFC 4291, section 2.5.3
  block("::/96", "IPv4-compatible"), // RFC 4291, section 2.5.5.1
  block("64:ff9b::/96", "IPv4-IPv6 translation"), // RFC 6052
  block("64:ff9b:1::/48", "local IPv4-IPv6 translation"), // RFC 8215
  block("100::/64", "discard-only"), // RFC 6666
  block("100:0:0:1::/64", "dummy prefix"), // RFC 9780
  // Contains Teredo (RFC 4380), benchmarking (RFC 5180), AMT (RFC 7450), ORCHID (RFC 4843, RFC 7343), DRIP (RFC 9374).
  block("2001::/23", "IETF protocol assignments"), // RFC 2928
  block("2001:db8::/32", "documentation"), // RFC 3849
  block("2002::/16", "6to4"), // RFC 3056
  block("2620:4f:8000::/48", "AS112 service"), // RFC 7534
  block("3fff::/20", "documentation"), // RFC 9637
  block("5f00::/16", "segment routing identifiers"), // RFC 9602
  block("fc00::/7", "unique local"), // RFC 4193
  block("fe80::/10", "link-local"), // RFC 4291, section 2.5.6
  block("fec0::/10", "site-local"), // RFC 3879
  block("ff00::/8", "multicast"), // RFC 4291, section 2.7
  block("::/3", "outside global unicast"), // RFC 4291, section 2.4
  block("4000::/2", "outside global unicast"), // RFC 4291, section 2.4
  block("8000::/1", "outside global unicast"), // RFC 4291, section 2.4
]

/**
 * Services that a cloud offers to its own machines at addresses that look public. Those of the other clouds are in the
 * blocks above: 169.254.0.0/16 (AWS, Google, Azure, Oracle, DigitalOcean, Hetzner, Tencent, OpenStack), 100.64.0.0/10
 * (Alibaba, 100.100.100.200), 192.0.0.0/24 (Oracle, 192.0.0.192), fc00::/7 (AWS, fd00:ec2::254; Google, fd20:ce::254;
 * Oracle, fd00:c1::a9fe:a9fe; Scaleway, fd00:42::42).
 */
const cloud = [
  block("168.63.129.16/32", "host service of Azure"), // wire server, DNS, health probes
  block("161.26.0.0/16", "services of IBM Cloud"), // DNS, NTP, package mirrors
  block("166.8.0.0/14", "services of IBM Cloud"), // service endpoints
  block("192.80.8.124/32", "metadata service of Equinix Metal"),
]

/** The blocks that are forbidden unless the operator allows them. Narrow blocks come first. */
export const specialPurposeNetworks: ReadonlyArray<SpecialPurposeNetwork> = [...ipv4, ...ipv6, ...cloud]
