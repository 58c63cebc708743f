import { mask, maskedText, type UrlMasking } from "../../../Domain/source/masking/UrlMasking.ts"
import { cookieHeader } from "./OriginCookies.ts"
import type { SourceRequest } from "./SourceRequest.ts"

/** Shorter values of headers and parameters are words that a server may say anyway. */
const shortestSecret = 6

/** Values that grant access, if the server repeats what it was sent. */
const secretsOf = (
  { cookies, headers, url }: SourceRequest,
  { shownParameters }: UrlMasking,
): ReadonlyArray<string> => {
  const { cookie = "" } = cookieHeader(cookies, url.origin, undefined)
  const words = [...Object.values(headers), cookie].flatMap((value) => value.split(/[\s;=]+/))
  const basic = words
    .map((word) => Buffer.from(word, "base64").toString("utf8"))
    .flatMap((text) => text.split(":"))
  const hidden = [...url.searchParams].flatMap(([name, value]) =>
    shownParameters.has(name) ? [] : [value, encodeURIComponent(value)],
  )
  const encoded = url.search.split("&").map((parameter) => parameter.replace(/^[^=]*=/, ""))
  const shown = new Set([...shownParameters].flatMap((name) => url.searchParams.getAll(name)))
  return [...words, ...basic, ...hidden, ...encoded]
    .filter((word) => word.length >= shortestSecret && !shown.has(word))
    .toSorted((a, b) => b.length - a.length)
}

/** A text of a server without secrets of the request and of other URLs in it. */
export const withoutSecrets = (text: string, request: SourceRequest, masking: UrlMasking): string =>
  secretsOf(request, masking).reduce(
    (rest, secret) => rest.replaceAll(secret, mask),
    maskedText(text, masking),
  )
