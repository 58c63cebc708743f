import { type Guard, guard } from "./Guard.ts"

const policy = "Domain/source/hosts/DestinationPolicy.ts"

/** Guards of connections to sources and of what they send. */
export const sourceGuards: ReadonlyArray<Guard> = [
  guard(
    "special addresses",
    "addresses",
    policy,
    "specialPurposeNetworks.find(({ network }) => IpNetwork.contains(network, address))",
    "undefined",
  ),
  guard(
    "denied networks",
    "addresses",
    policy,
    "const narrowest = denied",
    "const narrowest = [].concat(denied).slice(denied.length)",
  ),
  guard(
    "addresses of this machine",
    "addresses",
    policy,
    "ownAddresses.has(NetAddress.formatIp(address))",
    "false",
  ),
  guard(
    "embedded IPv4 addresses",
    "addresses",
    policy,
    "[address, ...embeddedIpv4(address, surroundings.translationPrefixes)]",
    "[address]",
  ),
  guard("allow-list", "addresses", policy, "if (policy.only.length > 0 && !isListed)", "if (false)"),
  guard(
    "rebinding",
    "addresses",
    "Layers/source/guard/GuardedConnector.ts",
    "lookup: lookupOf(addresses),",
    "",
  ),
  guard(
    "time of failures",
    "oracle",
    "Layers/source/guard/DestinationGuard.ts",
    "step === 0 ? Effect.void",
    "true ? Effect.void",
  ),
  guard("one wording", "oracle", "Layers/source/request/transportError.ts", "if (!isEvident)", "if (false)"),
  guard("ports", "ports", "Domain/source/hosts/PortPolicy.ts", "wellKnown.has(port) ||", "true ||"),
  guard(
    "redirects into allowed hosts",
    "redirects",
    policy,
    'allowed: policy.allowed.filter(({ flags }) => flags.includes("redirect")),',
    "",
  ),
  guard(
    "redirects that a public host began",
    "redirects",
    "Layers/source/request/followRedirects.ts",
    'return isTrusted ? origin : "public host"',
    "return origin",
  ),
  guard(
    "redirects from https",
    "redirects",
    "Layers/source/request/followRedirects.ts",
    "options.allowDowngrade,",
    "true,",
  ),
  guard(
    "number of redirects",
    "Layers/source/CsvSourceHttp",
    "Layers/source/request/followRedirects.ts",
    "const maxRedirects = 5",
    "const maxRedirects = 50",
  ),
  guard(
    "check before the proxy",
    "proxy",
    "Layers/source/guard/DestinationGuard.ts",
    "if (refusal === null) allowed.push(found)",
    "if (true) allowed.push(found)",
  ),
  guard(
    "proxy for all sources",
    "proxy",
    "Layers/source/guard/GuardedConnector.ts",
    "if (tunnel === null || isDirect)",
    "if (true)",
  ),

  guard(
    "least rate",
    "slow-sources",
    "Layers/source/download/LeastRate.ts",
    "if (this.#waitedMillis < this.#windowMillis) return null",
    "if (true) return null",
  ),
  guard(
    "duration of a load",
    "slow-sources",
    "Worker/runAttempt.ts",
    "duration: maxLoadDuration,",
    'duration: "1 day",',
  ),
  guard(
    "expansion",
    "expansion",
    "Layers/source/decompress/decompress.ts",
    "size > floor && size > file.received() * ratio",
    "false",
  ),
  guard(
    "decoded size",
    "Layers/source/decompress/maxDecodedSize",
    "Layers/source/decompress/decompress.ts",
    "if (size > maxDecodedSize)",
    "if (false)",
  ),
]
