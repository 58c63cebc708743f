import * as Base64 from "effect/encoding/Base64"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Result from "effect/Result"
import { unescape } from "node:querystring"
import * as HostAliases from "../../../Domain/source/HostAliases.ts"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import type { SourceUrl } from "../../../Domain/source/SourceUrl.ts"
import { rangeHeaders, type RestOfFile } from "./RestOfFile.ts"

/** One request of a download: the first, or where a redirect leads. */
export interface Hop {
  /** Without user, password and fragment. */
  readonly url: URL
  /** Value of `Authorization`, made of the URL's user and password. */
  readonly authorization: string | null
}

/** Moves the user and password of a URL, if it has any, into Basic credentials (RFC 7617, UTF-8). */
const hop = (given: URL, inherited: string | null): Hop => {
  const url = new URL(given)
  const userinfo = `${unescape(url.username)}:${unescape(url.password)}`
  url.username = ""
  url.password = ""
  url.hash = ""
  return { url, authorization: userinfo === ":" ? inherited : `Basic ${Base64.encode(userinfo)}` }
}

export const firstHop = (url: SourceUrl): Hop => hop(new URL(url), null)

/**
 * The hop a `Location` leads to, absolute or relative. Credentials go along within the origin only
 * (RFC 9110, 15.4).
 */
export const nextHop = (from: Hop, location: string): Result.Result<Hop, LoadError> => {
  const url = URL.parse(location, from.url.href)
  if (url === null) {
    return Result.fail(
      loadError("invalid_redirect", `${from.url.host} redirects to an address that is not a URL.`),
    )
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return Result.fail(
      loadError(
        "invalid_redirect",
        `${from.url.host} redirects to a "${url.protocol.slice(0, -1)}" URL; only http and https can be fetched.`,
      ),
    )
  }
  return Result.succeed(hop(url, url.origin === from.url.origin ? from.authorization : null))
}

/**
 * The request of a hop, for the whole file or for the rest of it. The URL goes as text: taken apart and put
 * together again, its query would change.
 */
export const request = (
  hop: Hop,
  aliases: ReadonlyArray<HostAliases.HostAlias>,
  rest: RestOfFile | null,
): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.get(HostAliases.apply(aliases, hop.url).href, {
    headers: {
      accept: "text/csv, */*;q=0.8",
      // The file as it is kept: asked for others, servers compress it anew while they send it, which costs its
      // declared size and their time. What comes compressed all the same is decompressed.
      "accept-encoding": "identity",
      "user-agent": "sluice",
      ...(hop.authorization === null ? {} : { authorization: hop.authorization }),
      ...(rest === null ? {} : rangeHeaders(rest)),
    },
  })
