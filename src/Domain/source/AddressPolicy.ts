import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { bareHost, parse as parseHostAndPort } from "./HostAndPort.ts"
import { specialPurposeNetworks } from "./SpecialPurposeNetworks.ts"

/** A malformed entry of `ALLOWED_HOSTS`. */
export class InvalidAllowedHost extends Schema.TaggedError<InvalidAllowedHost>()("InvalidAllowedHost", {
  entry: Schema.String,
  message: Schema.String,
}) {}

/** A destination that the operator trusts although its address may be private. `port` is `null` for any port. */
export type AllowedDestination =
  /** The host with this name, at any address. */
  | { readonly _tag: "AllowedHost"; readonly host: string; readonly port: number | null }
  /** The addresses of this network, under any name. */
  | { readonly _tag: "AllowedNetwork"; readonly network: IpNetwork.IpNetwork; readonly port: number | null }

/** The allowed destinations besides all public addresses. */
export type AddressPolicy = ReadonlyArray<AllowedDestination>

/** A connection to be made. */
export interface Destination {
  /** The host of the URL: a name or an address. */
  readonly host: string
  readonly port: number
  /** The resolved address, which will be dialed. */
  readonly address: string
}

const mappedNetwork = IpNetwork.fromStringUnsafe("::ffff:0:0/96")
/** NAT64: the last 32 bits are an IPv4 address (RFC 6052, section 2.2). */
const translationNetwork = IpNetwork.fromStringUnsafe("64:ff9b::/96")
/** 6to4: the 32 bits after the prefix are an IPv4 address (RFC 3056, section 2). */
const sixToFourNetwork = IpNetwork.fromStringUnsafe("2002::/16")

const embeddedIpv4 = (address: NetAddress.IpAddress): ReadonlyArray<NetAddress.IpAddress> => {
  if (!NetAddress.isIpv6Address(address)) return []
  const octets = Uint8Array.from(NetAddress.ipv6ToOctets(address))
  if (IpNetwork.contains(translationNetwork, address)) {
    return [NetAddress.ipv4FromBytesUnsafe(octets.subarray(12, 16))]
  }
  if (IpNetwork.contains(sixToFourNetwork, address)) {
    return [NetAddress.ipv4FromBytesUnsafe(octets.subarray(2, 6))]
  }
  return []
}

const invalid = (entry: string, complaint: string) =>
  new InvalidAllowedHost({
    entry,
    message: `ALLOWED_HOSTS: "${entry}" ${complaint}. Write host, host:port, an address or a CIDR such as 10.0.0.0/8.`,
  })

const parseNetwork = (entry: string): Result.Result<AllowedDestination, InvalidAllowedHost> =>
  IpNetwork.fromString(entry).pipe(
    Result.mapError((error) => invalid(entry, `is not a network: ${error.message}`)),
    Result.flatMap((network) =>
      IpNetwork.containsNetwork(mappedNetwork, network)
        ? Result.fail(invalid(entry, "contains IPv4-mapped addresses: give the IPv4 network"))
        : Result.succeed({ _tag: "AllowedNetwork", network, port: null } as const),
    ),
  )

const parseEntry = (text: string): Result.Result<AllowedDestination, InvalidAllowedHost> => {
  const entry = text.trim()
  if (entry.includes("/")) return parseNetwork(entry)
  return parseHostAndPort(entry).pipe(
    Result.mapError((complaint) => invalid(entry, complaint)),
    Result.map(({ host, port }): AllowedDestination =>
      Result.match(NetAddress.ipFromString(host), {
        onFailure: () => ({ _tag: "AllowedHost", host, port }),
        onSuccess: (ip) => {
          const address = NetAddress.toCanonical(ip)
          return {
            _tag: "AllowedNetwork",
            network: IpNetwork.fromAddressUnsafe(address, NetAddress.width(address)),
            port,
          }
        },
      }),
    ),
  )
}

/**
 * Parses the entries of `ALLOWED_HOSTS`: a host or address with or without a port (`fileserver:8000`,
 * `10.1.2.3`, `[fd00::1]:8000`) or a CIDR without host bits (`10.0.0.0/8`, `fd00::/8`).
 */
export const parse = (entries: ReadonlyArray<string>): Result.Result<AddressPolicy, InvalidAllowedHost> =>
  Result.all(entries.map(parseEntry))

/**
 * Why a connection is forbidden, or `null` if it is allowed. The reason is the kind of the address, not the address
 * itself. `destination.address` must be the very address that is dialed: a name that is resolved again afterwards could
 * have another one (DNS rebinding).
 *
 * An address that embeds an IPv4 address (NAT64, 6to4) must be allowed in both forms, so that allowing the prefix does
 * not open private IPv4 networks. Anything but a plain address, such as one with an IPv6 zone, is forbidden.
 */
export const forbiddenReason = (policy: AddressPolicy, destination: Destination): string | null => {
  const host = bareHost(destination.host)
  const rules = policy.filter((rule) => (rule.port ?? destination.port) === destination.port)
  if (rules.some((rule) => rule._tag === "AllowedHost" && rule.host === host)) return null

  const parsed = NetAddress.ipFromString(destination.address)
  if (Result.isFailure(parsed)) return "not a plain IP address"
  const address = NetAddress.toCanonical(parsed.success)

  for (const form of [address, ...embeddedIpv4(address)]) {
    if (rules.some((rule) => rule._tag === "AllowedNetwork" && IpNetwork.contains(rule.network, form)))
      continue
    const special = specialPurposeNetworks.find(({ network }) => IpNetwork.contains(network, form))
    if (special !== undefined) return special.name
  }
  return null
}
