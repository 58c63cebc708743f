import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"
import * as Result from "effect/Result"
import {
  type DestinationRule,
  type InvalidDestination,
  matches,
  matchesName,
  networkWith,
  parseNetworks,
  parseRules,
} from "./DestinationRule.ts"
import { embeddedIpv4 } from "./embeddedIpv4.ts"
import { parseAddress } from "./parseAddress.ts"
import { type InvalidPortRange, isAllowedPort, parsePorts, type PortRange } from "./PortPolicy.ts"
import { specialPurposeNetworks } from "./SpecialPurposeNetworks.ts"

/** The settings that decide on destinations, entry by entry. */
export interface DestinationSettings {
  readonly allowedHosts: ReadonlyArray<string>
  readonly deniedNetworks: ReadonlyArray<string>
  readonly sourcesOnly: ReadonlyArray<string>
  readonly allowedPorts: ReadonlyArray<string>
}

/** Which destinations are allowed. Public addresses are, unless a setting denies them. */
export interface DestinationPolicy {
  /** `ALLOWED_HOSTS`: allowed although the address is not public. */
  readonly allowed: ReadonlyArray<DestinationRule>
  /** `DENIED_NETWORKS`: not public, whatever the registries say. */
  readonly denied: ReadonlyArray<IpNetwork.IpNetwork>
  /** `SOURCES_ONLY`: if there are any, nothing else is allowed. */
  readonly only: ReadonlyArray<DestinationRule>
  /** `ALLOWED_PORTS` */
  readonly ports: ReadonlyArray<PortRange>
}

/** What is known of the network around this process. */
export interface Surroundings {
  /** Addresses of this machine. */
  readonly ownAddresses: ReadonlySet<string>
  /** Prefixes of its NAT64 gateways (RFC 6052). */
  readonly translationPrefixes: ReadonlyArray<IpNetwork.IpNetwork>
}

/** A host and a port of a URL. The host is a name or an address. */
export interface NamedDestination {
  readonly host: string
  readonly port: number
}

/** A connection to be made. */
export interface Destination extends NamedDestination {
  /** The resolved address, which will be dialed. */
  readonly address: string
}

/** Why a connection is forbidden. */
export interface Refusal {
  readonly subject: "address" | "port" | "host"
  /** For the operator's log: callers must not learn what an address is used for. */
  readonly reason: string
}

/** Parses the settings. */
export const parsePolicy = (
  settings: DestinationSettings,
): Result.Result<DestinationPolicy, InvalidDestination | InvalidPortRange> =>
  Result.all({
    allowed: parseRules({ variable: "ALLOWED_HOSTS", wildcards: false, flags: true }, settings.allowedHosts),
    denied: parseNetworks("DENIED_NETWORKS", settings.deniedNetworks),
    only: parseRules({ variable: "SOURCES_ONLY", wildcards: true, flags: false }, settings.sourcesOnly),
    ports: parsePorts(settings.allowedPorts),
  })

/** The policy for redirects from public hosts: only entries that say so allow anything. */
export const forRedirects = (policy: DestinationPolicy): DestinationPolicy => ({
  ...policy,
  allowed: policy.allowed.filter(({ flags }) => flags.includes("redirect")),
})

const refuse = (subject: Refusal["subject"], reason: string): Refusal => ({ subject, reason })

const forPort = (rules: ReadonlyArray<DestinationRule>, port: number): ReadonlyArray<DestinationRule> =>
  rules.filter((rule) => (rule.port ?? port) === port)

/** The rules of `ALLOWED_HOSTS` that can allow this port. A port that is not for files must be named. */
const allowing = ({ allowed, ports }: DestinationPolicy, port: number): ReadonlyArray<DestinationRule> =>
  isAllowedPort(ports, port) ? forPort(allowed, port) : allowed.filter((rule) => rule.port === port)

const mayMatch = (rules: ReadonlyArray<DestinationRule>, host: string): boolean =>
  rules.some((rule) => rule._tag === "Network" || matchesName(rule, host))

const notListed = refuse("host", "it is not in SOURCES_ONLY")
const noPortForFiles = refuse("port", "the port is neither for files nor in ALLOWED_PORTS")

/**
 * Why a host is forbidden at all its addresses, or `null`. Decides without a lookup, so that DNS is not asked for names
 * that are not fetched from in any case.
 */
export const refusalOfName = (
  policy: DestinationPolicy,
  { host, port }: NamedDestination,
): Refusal | null => {
  if (policy.only.length > 0 && !mayMatch(forPort(policy.only, port), host)) return notListed
  const isPort = isAllowedPort(policy.ports, port) || mayMatch(allowing(policy, port), host)
  return isPort ? null : noPortForFiles
}

/** Why an address is not public, or `null` if it is. */
const specialNetwork = (
  { denied }: DestinationPolicy,
  { ownAddresses }: Surroundings,
  address: NetAddress.IpAddress,
): { readonly name: string; readonly deniedLength: number | null } | null => {
  const narrowest = denied
    .filter((network) => IpNetwork.contains(network, address))
    .toSorted((a, b) => b.prefixLength - a.prefixLength)[0]
  if (narrowest !== undefined) return { name: "in DENIED_NETWORKS", deniedLength: narrowest.prefixLength }
  const special = specialPurposeNetworks.find(({ network }) => IpNetwork.contains(network, address))
  if (special !== undefined) return { name: special.name, deniedLength: null }
  return ownAddresses.has(NetAddress.formatIp(address))
    ? { name: "an address of this machine", deniedLength: null }
    : null
}

/**
 * Why a connection is forbidden, or `null` if it is allowed. `destination.address` must be the very address that is
 * dialed: a name that is resolved again afterwards could have another one (DNS rebinding).
 *
 * An address that embeds an IPv4 address (NAT64, 6to4 and so on) must be allowed in both forms, so that allowing the
 * prefix does not open private IPv4 networks. Anything but a plain address, such as one with an IPv6 zone, is forbidden.
 * In a network of `DENIED_NETWORKS`, only an equally narrow network in `ALLOWED_HOSTS` is allowed.
 */
export const refusalOf = (
  policy: DestinationPolicy,
  surroundings: Surroundings,
  destination: Destination,
): Refusal | null => {
  const { host, port } = destination
  const address = parseAddress(destination.address)
  if (address === null) return refuse("address", "not a plain IP address")
  const rules = allowing(policy, port)
  const isNamed = rules.some((rule) => matchesName(rule, host))

  const isListed = forPort(policy.only, port).some((rule) => matches(rule, host, address))
  if (policy.only.length > 0 && !isListed) return notListed

  for (const form of [address, ...embeddedIpv4(address, surroundings.translationPrefixes)]) {
    const special = specialNetwork(policy, surroundings, form)
    if (special === null) continue
    const isExcepted =
      (isNamed && special.deniedLength === null) ||
      rules.some((rule) => (networkWith(rule, form)?.prefixLength ?? -1) >= (special.deniedLength ?? 0))
    if (!isExcepted) return refuse("address", special.name)
  }
  const isPort = isAllowedPort(policy.ports, port) || rules.some((rule) => matches(rule, host, address))
  return isPort ? null : noPortForFiles
}

/** Whether the connection is made without `SOURCE_PROXY`. */
export const isDirect = (policy: DestinationPolicy, { address: text, host, port }: Destination): boolean => {
  const address = parseAddress(text)
  return forPort(policy.allowed, port).some(
    (rule) => rule.flags.includes("direct") && matches(rule, host, address),
  )
}

/**
 * Whether redirects from this host may lead to wherever the caller may request files from: its address is not public, or
 * the operator has named it. For an address that embeds an IPv4 address, that one counts.
 */
export const isTrusted = (
  policy: DestinationPolicy,
  surroundings: Surroundings,
  { address: text, host, port }: Destination,
): boolean => {
  if (forPort(policy.allowed, port).some((rule) => matchesName(rule, host))) return true
  const address = parseAddress(text)
  if (address === null) return false
  const embedded = embeddedIpv4(address, surroundings.translationPrefixes)
  return (embedded.length > 0 ? embedded : [address]).some(
    (form) => specialNetwork(policy, surroundings, form) !== null,
  )
}
