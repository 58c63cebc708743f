import * as Cache from "effect/Cache"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"
import * as Result from "effect/Result"
import { translatedIpv4 } from "../../../Domain/source/hosts/embeddedIpv4.ts"
import type { ResolveName } from "./NameResolver.ts"

/** Has only IPv4 addresses, so that an IPv6 address of it comes from a NAT64 network's DNS (RFC 7050, section 3). */
const discoveryName = "ipv4only.arpa."
const discoveryAddresses: ReadonlySet<string> = new Set(["192.0.0.170", "192.0.0.171"])
const prefixLengths = [32, 40, 48, 56, 64, 96] as const

const timeout = Duration.seconds(2)
const maxAge = Duration.minutes(1)

/** The prefixes with which an address of the discovery name is one of its IPv4 addresses (RFC 7050, section 3). */
export const prefixesIn = (address: string): ReadonlyArray<IpNetwork.IpNetwork> => {
  const ip = NetAddress.ipFromString(address)
  if (Result.isFailure(ip) || !NetAddress.isIpv6Address(ip.success)) return []
  const octets = NetAddress.ipv6ToOctets(ip.success)
  return prefixLengths
    .filter((length) => discoveryAddresses.has(translatedIpv4(octets, length).join(".")))
    .map((length) => IpNetwork.fromAddressUnsafe(ip.success, length))
}

/**
 * The NAT64 prefixes of this network, which its DNS reveals. None if DNS does not respond. Looked up again after a
 * minute.
 */
export const makeTranslationPrefixes = (
  resolve: ResolveName,
): Effect.Effect<Effect.Effect<ReadonlyArray<IpNetwork.IpNetwork>>> =>
  Effect.map(
    Cache.make({
      lookup: (name: string) =>
        resolve(name).pipe(
          Effect.timeout(timeout),
          Effect.map((found) => found.flatMap(({ address }) => prefixesIn(address))),
          Effect.orElseSucceed((): ReadonlyArray<IpNetwork.IpNetwork> => []),
        ),
      capacity: 1,
      timeToLive: maxAge,
    }),
    (cache) => Cache.get(cache, discoveryName),
  )
