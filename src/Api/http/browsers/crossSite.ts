import type { HttpServerRequest } from "effect/http"
import type { RoutePath } from "../RoutePaths.ts"
import { parseHost } from "../../../Domain/service/access/HostHeader.ts"

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

/** Headers that browsers send and other programs do not. Programs that use `fetch` send `sec-fetch-mode` as well. */
const isFromBrowser = ({ headers }: HttpServerRequest.HttpServerRequest): boolean =>
  /mozilla\//i.test(headers["user-agent"] ?? "") ||
  /(?:text\/html|image\/)/i.test(headers["accept"] ?? "") ||
  !["*", undefined].includes(headers["accept-language"]) ||
  ["origin", "upgrade-insecure-requests", "sec-ch-ua", "sec-fetch-dest", "sec-fetch-user"].some(
    (name) => headers[name] !== undefined,
  )

/**
 * Whether a browser may have sent this GET, which changes something, without its user asking for it on a page of this API.
 * Over plain HTTP to another machine, browsers do not send `Sec-Fetch-Site`, and an image has no `Origin`: there, only a
 * `Referer` of this API shows where the request comes from.
 */
const isUnwantedLink = (request: HttpServerRequest.HttpServerRequest): boolean => {
  const { headers } = request
  const site = headers["sec-fetch-site"]
  if (isPrefetch(request)) return true
  if (site === "none") return !["document", "empty", undefined].includes(headers["sec-fetch-dest"])
  return site === undefined && isFromBrowser(request) && headers["referer"] === undefined
}

/** Whether the request may change something: a POST, or a GET that is not safe. */
const mayChange = (method: string, route: RoutePath | undefined): boolean =>
  method === "GET" ? !hasSafeGet(route) : method !== "HEAD" && method !== "OPTIONS"

/**
 * Whether a page of another site makes a browser send this request (Fetch Metadata, and `Origin` or `Referer` where a
 * browser does not send that). Other programs send none of them.
 */
export const isCrossSite = (
  request: HttpServerRequest.HttpServerRequest,
  route: RoutePath | undefined,
  allowedOrigins: ReadonlyArray<string>,
): boolean => {
  const { headers, method } = request
  const { origin, referer } = headers
  if (origin !== undefined && allowedOrigins.includes(origin)) return false
  if (origin !== undefined && !isOwnOrigin(origin, headers["host"])) return true
  const site = headers["sec-fetch-site"]
  if (site !== undefined && site !== "same-origin" && site !== "none")
    return !(isNavigation(request) && hasSafeGet(route))
  if (!mayChange(method, route)) return false
  if (referer !== undefined && !isOwnOrigin(referer, headers["host"]))
    return !allowedOrigins.includes(URL.parse(referer)?.origin ?? "")
  return method === "GET" && isUnwantedLink(request)
}
