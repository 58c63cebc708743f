import * as Result from "effect/Result"

/** A host, as `hostOf` spells it, with or without a port. */
export interface HostAndPort {
  readonly host: string
  /** `null`: any port. */
  readonly port: number | null
}

/** Normalizes a host name: lower case, no brackets around an IPv6 address, no trailing dot. */
export const bareHost = (hostname: string): string =>
  hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "")

/** The host of a URL. The URL parser has normalized all spellings of an IPv4 address. */
export const hostOf = (url: URL): string => bareHost(url.hostname)

/** The port of a URL, by default that of the scheme (RFC 9110, 4.2.1 and 4.2.2). */
export const portOf = (url: URL): number => {
  if (url.port !== "") return Number(url.port)
  return url.protocol === "https:" ? 443 : 80
}

/** The host as it is written in a URL. */
export const inUrl = (host: string): string => (host.includes(":") ? `[${host}]` : host)

const bracketed = /^\[([0-9a-f:.]+)\](?::(\d+))?$/i
const bareIpv6 = /^([0-9a-f]*:[0-9a-f:.]*:[0-9a-f.]*)$/i
const named = /^([^\s/?#@\\:[\]%*=,]+)(?::(\d+))?$/

/**
 * Parses `host`, `host:port`, an IPv4 address with or without a port, an IPv6 address, or `[IPv6]:port`. The error is the
 * end of a sentence that starts with the text.
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
