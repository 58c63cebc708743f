import type { HttpServerRequest } from "effect/http"
import type { RoutePath } from "../RoutePaths.ts"
import { parseHost } from "./HostHeader.ts"

/** Whether the origin has the host and port by which this request reaches the API. The scheme is a proxy's matter. */
const isOwnOrigin = (origin: string, hostHeader: string | undefined): boolean => {
  const url = URL.parse(origin)
  const own = parseHost(hostHeader ?? "")
  if (url === null || own === undefined || !/^https?:$/.test(url.protocol) || url.username !== "")
    return false
  const given = parseHost(url.host)
  const ofScheme = url.protocol === "https:" ? 443 : 80
  return given?.host === own.host && (given.port ?? ofScheme) === (own.port ?? ofScheme)
}

/** A link on another site, followed in a tab: it shows the user a response that the other site cannot read. */
const isNavigation = ({ headers, method }: HttpServerRequest.HttpServerRequest): boolean =>
  (method === "GET" || method === "HEAD") &&
  headers["sec-fetch-mode"] === "navigate" &&
  headers["sec-fetch-dest"] === "document"

const hasSafeGet = (route: RoutePath | undefined): boolean =>
  route === undefined || route.methods.includes("HEAD")

const isPrefetch = ({ headers }: HttpServerRequest.HttpServerRequest): boolean =>
  [headers["sec-purpose"], headers["purpose"], headers["x-moz"], headers["x-purpose"]].some(
    (purpose) => purpose !== undefined && /prefetch|prerender|preview/i.test(purpose),
  )

/**
 * Whether a browser may have sent this GET, which changes something, without its user asking for it on a page of this API.
 * Over plain HTTP to another machine, browsers do not send `Sec-Fetch-Site`, and an image has no `Origin`: there, only a
 * `Referer` of this API shows where the request comes from.
 */
const isUnwantedLink = (request: HttpServerRequest.HttpServerRequest): boolean => {
  const { headers } = request
  const { referer } = headers
  const site = headers["sec-fetch-site"]
  const isBrowser = /mozilla\//i.test(headers["user-agent"] ?? "")
  if (isPrefetch(request)) return true
  if (referer !== undefined && !isOwnOrigin(referer, headers["host"])) return true
  if (site === "none") return !["document", "empty", undefined].includes(headers["sec-fetch-dest"])
  return site === undefined && isBrowser && referer === undefined
}

/**
 * Whether a page of another site makes a browser send this request (Fetch Metadata, and `Origin` where a browser does not
 * send that). Other programs send neither.
 */
export const isCrossSite = (
  request: HttpServerRequest.HttpServerRequest,
  route: RoutePath | undefined,
  allowedOrigins: ReadonlyArray<string>,
): boolean => {
  const { headers, method } = request
  const { origin } = headers
  if (origin !== undefined && allowedOrigins.includes(origin)) return false
  if (origin !== undefined && !isOwnOrigin(origin, headers["host"])) return true
  const site = headers["sec-fetch-site"]
  if (site !== undefined && site !== "same-origin" && site !== "none")
    return !(isNavigation(request) && hasSafeGet(route))
  return method === "GET" && !hasSafeGet(route) && isUnwantedLink(request)
}
