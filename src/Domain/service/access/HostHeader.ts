import * as Result from "effect/Result"
import * as NetAddress from "effect/net/NetAddress"
import type { HttpServerRequest } from "effect/http"
import type { BrowserAccess } from "./BrowserAccess.ts"

/** Host and port of a `Host` header. */
export interface Authority {
  /** In lower case, without a trailing dot; an IPv6 address in brackets. */
  readonly host: string
  readonly port: number | null
  readonly isAddress: boolean
}

const syntax = /^(?:\[([0-9a-f:.]{2,45})\]|((?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?))(?::(\d{0,5}))?$/i

/** Parses a `Host` header (RFC 9110 §7.2). `undefined` if it is malformed. */
export const parseHost = (text: string): Authority | undefined => {
  const [, ipv6, name = "", digits = ""] = (text.length > 270 ? null : syntax.exec(text)) ?? []
  const port = digits === "" ? null : Number(digits)
  if (port !== null && (port === 0 || port > 65535)) return undefined
  if (ipv6 !== undefined) {
    const address = NetAddress.ipv6FromString(ipv6)
    return Result.isSuccess(address)
      ? { host: `[${NetAddress.formatIp(address.success)}]`, port, isAddress: true }
      : undefined
  }
  if (name === "") return undefined
  const isAddress = Result.isSuccess(NetAddress.ipv4FromString(name))
  return { host: name.toLowerCase().replace(/\.$/, ""), port, isAddress }
}

/**
 * Whether the API may be reached under this name. A page that rebinds its own name to this server's address is not on the
 * same site as an address, as `localhost`, or as a name that the operator has set.
 */
export const isKnownHost = (
  { host, isAddress, port }: Authority,
  { publicHosts }: Pick<(typeof BrowserAccess)["Service"], "publicHosts">,
): boolean =>
  isAddress ||
  host === "localhost" ||
  host.endsWith(".localhost") ||
  publicHosts.some(
    (entry) =>
      entry.host === host &&
      // Without a port it is that of the scheme, which a proxy may have changed.
      (entry.port === null || (port === null ? [80, 443].includes(entry.port) : port === entry.port)),
  )

/**
 * All names that a request has for this server, as it gives them: its `Host` header, and the host of a target in absolute
 * form. Empty for a request of HTTP/1.0 without `Host`, which no browser sends.
 */
export const hostsOf = (request: HttpServerRequest.HttpServerRequest): ReadonlySet<string> => {
  const { host } = request.headers
  const target = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(request.originalUrl)?.[1]
  return new Set([host, target].filter((each) => each !== undefined))
}

/** Whether each name that a request has for this server is well-formed and known. */
export const areHostsKnown = (
  request: HttpServerRequest.HttpServerRequest,
  access: Parameters<typeof isKnownHost>[1],
): boolean =>
  [...hostsOf(request)].every((text) => {
    const host = parseHost(text)
    return host !== undefined && isKnownHost(host, access)
  })
