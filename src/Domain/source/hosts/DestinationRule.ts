import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { bareHost, parse as parseHostAndPort } from "./HostAndPort.ts"
import { parseAddress } from "./parseAddress.ts"

/** A malformed entry of a setting that lists destinations. */
export class InvalidDestination extends Schema.TaggedError<InvalidDestination>()("InvalidDestination", {
  entry: Schema.String,
  message: Schema.String,
}) {}

type Target =
  /** The host with this name, at any address. */
  | { readonly _tag: "Host"; readonly host: string }
  /** All hosts under this domain, at any address, but not the domain itself. */
  | { readonly _tag: "Subdomains"; readonly domain: string }
  /** The addresses of this network, under any name. */
  | { readonly _tag: "Network"; readonly network: IpNetwork.IpNetwork }

/** Destinations that the operator lists. `port` is `null` for any port. */
export type DestinationRule = Target & {
  readonly port: number | null
  readonly flags: ReadonlyArray<DestinationFlag>
}

/** `redirect`: a redirect from a public host may lead there. `direct`: it is reached without `SOURCE_PROXY`. */
const destinationFlags = ["redirect", "direct"] as const
type DestinationFlag = (typeof destinationFlags)[number]

/** A setting whose entries are destinations. */
export interface DestinationSetting {
  readonly variable: string
  /** Whether `*.example.org` is an entry. */
  readonly wildcards: boolean
  /** Whether an entry can end in `;redirect` or `;direct`. */
  readonly flags: boolean
}

const mappedNetwork = IpNetwork.fromStringUnsafe("::ffff:0:0/96")

type Parsed<A> = Result.Result<A, InvalidDestination>

const invalid =
  ({ flags, variable, wildcards }: DestinationSetting) =>
  (entry: string, complaint: string) => {
    const names = wildcards ? "host, *.domain, host:port" : "host, host:port"
    const flag = flags
      ? `, with the flags ${destinationFlags.map((flag) => `;${flag}`).join(" and ")} after it`
      : ""
    return new InvalidDestination({
      entry,
      message: `${variable}: "${entry}" ${complaint}. Write ${names}, an address or a CIDR such as 10.0.0.0/8${flag}.`,
    })
  }

type Unflagged = Target & { readonly port: number | null }
type Invalid = ReturnType<typeof invalid>

/** Parses a CIDR without host bits. */
const parseCidr = (entry: string, fail: Invalid): Parsed<IpNetwork.IpNetwork> =>
  IpNetwork.fromString(entry).pipe(
    Result.mapError((error) => fail(entry, `is not a network: ${error.message}`)),
    Result.flatMap((network) =>
      IpNetwork.containsNetwork(mappedNetwork, network)
        ? Result.fail(fail(entry, "contains IPv4-mapped addresses: give the IPv4 network"))
        : Result.succeed(network),
    ),
  )

/** The network of one address. */
const networkOf = (address: NetAddress.IpAddress): IpNetwork.IpNetwork =>
  IpNetwork.fromAddressUnsafe(address, NetAddress.width(address))

const parseHost = (entry: string, setting: DestinationSetting, fail: Invalid): Parsed<Unflagged> => {
  const isWildcard = setting.wildcards && entry.startsWith("*.")
  return parseHostAndPort(isWildcard ? entry.slice(2) : entry).pipe(
    Result.mapError((complaint) => fail(entry, complaint)),
    Result.flatMap(({ host, port }): Parsed<Unflagged> => {
      const address = parseAddress(host)
      if (address === null)
        return Result.succeed(
          isWildcard ? { _tag: "Subdomains", domain: host, port } : { _tag: "Host", host, port },
        )
      return isWildcard
        ? Result.fail(fail(entry, "has a wildcard before an address"))
        : Result.succeed({ _tag: "Network", network: networkOf(address), port })
    }),
  )
}

/**
 * Parses entries such as `fileserver:8000`, `10.1.2.3`, `[fd00::1]:8000` or a CIDR without host bits (`10.0.0.0/8`,
 * `fd00::/8`). Some settings also have `*.example.org` and flags.
 */
export const parseRules = (
  setting: DestinationSetting,
  entries: ReadonlyArray<string>,
): Parsed<ReadonlyArray<DestinationRule>> => {
  const fail = invalid(setting)
  const parseEntry = (entry: string): Parsed<DestinationRule> => {
    const [text = "", ...given] = entry.split(";").map((part) => part.trim())
    const flags = destinationFlags.filter((flag) => setting.flags && given.includes(flag))
    const unknown = given.find((flag) => !flags.some((known) => known === flag))
    if (unknown !== undefined) return Result.fail(fail(entry, `has an unknown flag: ";${unknown}"`))
    const rule = text.includes("/")
      ? Result.map(parseCidr(text, fail), (network): Unflagged => ({ _tag: "Network", network, port: null }))
      : parseHost(text, setting, fail)
    return Result.map(rule, (rule) => ({ ...rule, flags }))
  }
  return Result.all(entries.map(parseEntry))
}

/** Parses addresses and CIDRs without ports. */
export const parseNetworks = (
  variable: string,
  entries: ReadonlyArray<string>,
): Parsed<ReadonlyArray<IpNetwork.IpNetwork>> =>
  Result.flatMap(parseRules({ variable, wildcards: false, flags: false }, entries), (rules) =>
    Result.all(
      rules.map((rule, index) =>
        rule._tag === "Network" && rule.port === null
          ? Result.succeed(rule.network)
          : Result.fail(
              new InvalidDestination({
                entry: entries[index]!,
                message: `${variable}: "${entries[index]}" is not a network. Write an address or a CIDR such as 203.0.113.0/24.`,
              }),
            ),
      ),
    ),
  )

/** Whether the rule lists the host by its name. */
export const matchesName = (rule: DestinationRule, hostname: string): boolean => {
  const host = bareHost(hostname)
  if (rule._tag === "Host") return rule.host === host
  return rule._tag === "Subdomains" && host.endsWith(`.${rule.domain}`)
}

/** The network of the rule if it contains the address, or `null`. */
export const networkWith = (
  rule: DestinationRule,
  address: NetAddress.IpAddress,
): IpNetwork.IpNetwork | null =>
  rule._tag === "Network" && IpNetwork.contains(rule.network, address) ? rule.network : null

/** Whether the rule lists the host, by its name or by its address. */
export const matches = (
  rule: DestinationRule,
  hostname: string,
  address: NetAddress.IpAddress | null,
): boolean => matchesName(rule, hostname) || (address !== null && networkWith(rule, address) !== null)
