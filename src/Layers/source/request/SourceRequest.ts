import * as Base64 from "effect/encoding/Base64"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Result from "effect/Result"
import { unescape } from "node:querystring"
import * as HostAliases from "../../../Domain/source/HostAliases.ts"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import { isWeb, type SourceUrl } from "../../../Domain/source/SourceUrl.ts"

/** One request for a file: the first, or one that a redirect leads to. */
export interface SourceRequest {
  /** Without user, password and fragment. */
  readonly url: URL
  /** The `Authorization` header, from the URL's user and password. */
  readonly authorization: string | null
}

/** Moves the URL's user and password to Basic credentials (RFC 7617, UTF-8). */
const requestFor = (urlWithUser: URL, inherited: string | null): SourceRequest => {
  const url = new URL(urlWithUser)
  const userinfo = `${unescape(url.username)}:${unescape(url.password)}`
  url.username = ""
  url.password = ""
  url.hash = ""
  return { url, authorization: userinfo === ":" ? inherited : `Basic ${Base64.encode(userinfo)}` }
}

export const firstRequest = (url: SourceUrl): SourceRequest => requestFor(new URL(url), null)

/**
 * A header's text arrives as one character per byte. Escaping the bytes leaves their encoding to the server, and names
 * in UTF-8 to the URL parser.
 */
const withEscapedBytes = (location: string): string =>
  location.replaceAll(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`)

/** The request for a `Location`. Credentials are sent within the same origin only (RFC 9110, 15.4). */
export const redirectedRequest = (
  from: SourceRequest,
  location: string,
): Result.Result<SourceRequest, LoadError> => {
  const invalid = (target: string) =>
    Result.fail(loadError("invalid_redirect", `${from.url.host} redirects to ${target}.`))
  const url = URL.parse(withEscapedBytes(location), from.url.href)
  if (url === null) return invalid("an address that is not a URL")
  if (!isWeb(url)) {
    return invalid(`a "${url.protocol.slice(0, -1)}" URL; only http and https are supported`)
  }
  return Result.succeed(requestFor(url, url.origin === from.url.origin ? from.authorization : null))
}

/** Passes the URL as a string, because HttpClientRequest would re-encode the query of a `URL`. */
export const toHttpRequest = (
  { url, authorization }: SourceRequest,
  aliases: ReadonlyArray<HostAliases.HostAlias>,
  headers: Readonly<Record<string, string>>,
): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.get(HostAliases.apply(aliases, url).href, {
    headers: {
      accept: "text/csv, */*;q=0.8",
      // If others were accepted, servers would compress while sending, and not declare the size.
      "accept-encoding": "identity",
      "user-agent": "sluice",
      ...(authorization === null ? {} : { authorization }),
      ...headers,
    },
  })
