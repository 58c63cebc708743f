import type * as Duration from "effect/Duration"
import * as Base64 from "effect/encoding/Base64"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Result from "effect/Result"
import { unescape } from "node:querystring"
import * as HostAliases from "../../../Domain/source/hosts/HostAliases.ts"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import { cookieHeader, noCookies, type OriginCookies } from "./OriginCookies.ts"
import type { Origin } from "../guard/DestinationGuard.ts"
import { isWeb } from "../../../Domain/source/SourceUrl.ts"

/** One request for a file: the first, or one that a redirect leads to. */
export interface SourceRequest {
  /** Without user, password and fragment. */
  readonly url: URL
  /** Headers for this origin only, by lower-case name: those of the user, and the URL's credentials. */
  readonly headers: Readonly<Record<string, string>>
  /** The cookies that redirects have set. */
  readonly cookies: OriginCookies
  /** Limit for connecting and receiving the head of a response. */
  readonly timeout: Duration.Duration
  /** Limit for waiting until a file is ready, in total. */
  readonly maxPending: Duration.Duration
  /** Who led to the URL. */
  readonly origin: Origin
  /** The request for the file, if this one is for the `Location` of its 202. */
  readonly reportsOn: SourceRequest | null
}

/** Moves the URL's user and password to Basic credentials (RFC 7617, UTF-8), unless the headers have others. */
const withCredentials = (request: SourceRequest): SourceRequest => {
  const url = new URL(request.url)
  const userinfo = `${unescape(url.username)}:${unescape(url.password)}`
  url.username = ""
  url.password = ""
  url.hash = ""
  const credentials = userinfo === ":" ? {} : { authorization: `Basic ${Base64.encode(userinfo)}` }
  return { ...request, url, headers: { ...credentials, ...request.headers } }
}

export const firstRequest = (
  url: string,
  options: Pick<SourceRequest, "headers" | "timeout" | "maxPending">,
): SourceRequest =>
  withCredentials({
    ...options,
    url: new URL(url),
    cookies: noCookies,
    origin: "caller",
    reportsOn: null,
  })

/**
 * A header's text arrives as one character per byte. Escaping the bytes leaves their encoding to the server, and names
 * in UTF-8 to the URL parser.
 */
const withEscapedBytes = (location: string): string =>
  location.replaceAll(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`)

/**
 * The request for the `Location` of a redirect. Headers are sent within the same origin only (RFC 9110, 15.4).
 *
 * @param from with the cookies and the origin after its response
 * @param allowDowngrade whether the redirect may lead from https to http
 */
export const redirectedRequest = (
  from: SourceRequest,
  location: string,
  allowDowngrade: boolean,
): Result.Result<SourceRequest, LoadError> => {
  const invalid = (target: string) =>
    Result.fail(loadError("invalid_redirect", `${from.url.host} redirects to ${target}.`))
  const url = URL.parse(withEscapedBytes(location), from.url.href)
  if (url === null) return invalid("an address that is not a URL")
  if (!isWeb(url)) {
    return invalid(`a "${url.protocol.slice(0, -1)}" URL; only http and https are supported`)
  }
  if (from.url.protocol === "https:" && url.protocol === "http:" && !allowDowngrade) {
    return invalid(
      "http from https, where others can read and change the file on its way. Give the https URL of the file. " +
        "The operator can allow such redirects with ALLOW_DOWNGRADE=true",
    )
  }
  const isSameOrigin = url.origin === from.url.origin
  const headers = isSameOrigin ? from.headers : {}
  return Result.succeed(withCredentials({ ...from, url, headers, reportsOn: null }))
}

/** Passes the URL as a string, because HttpClientRequest would re-encode the query of a `URL`. */
export const toHttpRequest = (
  request: SourceRequest,
  options: { readonly aliases: ReadonlyArray<HostAliases.HostAlias>; readonly userAgent: string },
  headers: Readonly<Record<string, string>>,
): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.get(HostAliases.apply(options.aliases, request.url).href, {
    headers: {
      accept: "text/csv, */*;q=0.8",
      // If others were accepted, servers would compress while sending, and not declare the size.
      "accept-encoding": "identity",
      "user-agent": options.userAgent,
      ...request.headers,
      ...cookieHeader(request.cookies, request.url.origin, request.headers["cookie"]),
      ...headers,
    },
  })
