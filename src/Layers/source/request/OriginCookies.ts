import * as Duration from "effect/Duration"
import * as Cookies from "effect/http/Cookies"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"

/**
 * The cookies of one redirect chain, by origin. Narrower than RFC 6265, which shares them between ports and, with
 * `Domain`, between hosts. Within the origin, `Path` is ignored.
 */
export type OriginCookies = ReadonlyMap<string, Cookies.Cookies>

export const noCookies: OriginCookies = new Map()

const isExpired = ({ options }: Cookies.Cookie, now: number): boolean =>
  options?.maxAge === undefined
    ? options?.expires !== undefined && options.expires.getTime() <= now
    : Duration.toMillis(options.maxAge) <= 0

/** @param now milliseconds since the epoch, to compare with `Expires` */
export const withCookiesOf = (
  { cookies, url }: { readonly cookies: OriginCookies; readonly url: URL },
  response: HttpClientResponse,
  now: number,
): OriginCookies => {
  if (Cookies.isEmpty(response.cookies)) return cookies
  let own = cookies.get(url.origin) ?? Cookies.empty
  for (const cookie of Object.values(response.cookies.cookies)) {
    own = isExpired(cookie, now) ? Cookies.remove(own, cookie.name) : Cookies.setCookie(own, cookie)
  }
  return new Map(cookies).set(url.origin, own)
}

/** The `Cookie` header for an origin: first the cookies of the user's own header, if there is one. */
export const cookieHeader = (
  cookies: OriginCookies,
  origin: string,
  given: string | undefined,
): { readonly cookie?: string } => {
  const set = Cookies.toCookieHeader(cookies.get(origin) ?? Cookies.empty)
  return set === "" ? {} : { cookie: given === undefined ? set : `${given}; ${set}` }
}
