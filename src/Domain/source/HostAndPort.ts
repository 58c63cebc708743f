import * as Result from "effect/Result"

/** A host, and the port when one is meant. The host is spelled as `hostOf` spells it. */
export interface HostAndPort {
  readonly host: string
  /** `null`: any port. */
  readonly port: number | null
}

/** One spelling for a host name: lower case, an IPv6 literal without its brackets, no root dot at the end. */
export const bareHost = (hostname: string): string =>
  hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "")

/** The host of a URL. The URL parser has made one spelling of the many that an IPv4 literal has. */
export const hostOf = (url: URL): string => bareHost(url.hostname)

/** The port a URL leads to, the scheme's own (RFC 9110, 4.2.1 and 4.2.2) when it names none. */
export const portOf = (url: URL): number => {
  if (url.port !== "") return Number(url.port)
  return url.protocol === "https:" ? 443 : 80
}

/** The host as it stands in a URL. */
export const inUrl = (host: string): string => (host.includes(":") ? `[${host}]` : host)

const bracketed = /^\[([0-9a-f:.]+)\](?::(\d+))?$/i
const bareIpv6 = /^([0-9a-f]*:[0-9a-f:.]*:[0-9a-f.]*)$/i
const named = /^([^\s/?#@\\:[\]%*=,]+)(?::(\d+))?$/

/**
 * Reads `host`, `host:port`, an IPv4 address with or without a port, an IPv6 address, or `[IPv6]:port`.
 * Fails with what is wrong, fit to follow the entry in a sentence.
 */
export const parse = (text: string): Result.Result<HostAndPort, string> => {
  const match = bracketed.exec(text) ?? bareIpv6.exec(text) ?? named.exec(text)
  if (match === null) return Result.fail("is not a host, host:port, or [IPv6]:port")
  const url = URL.parse(`http://${inUrl(match[1]!)}/`)
  if (url === null) return Result.fail("does not name a valid host")
  const port = match[2] === undefined ? null : Number(match[2])
  if (port !== null && (port < 1 || port > 65535)) return Result.fail("has a port outside 1 to 65535")
  return Result.succeed({ host: hostOf(url), port })
}
