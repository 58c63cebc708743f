import * as Effect from "effect/Effect"
import { HttpRouter, HttpServerRequest } from "effect/http"
import { BrowserAccess } from "../../../Domain/service/access/BrowserAccess.ts"
import { problemResponse } from "../ProblemResponses.ts"
import { Refusals } from "../log/Refusals.ts"
import { routePathOf } from "../RoutePaths.ts"
import { isCrossSite } from "./crossSite.ts"
import { hostsOf, isKnownHost, parseHost } from "../../../Domain/service/access/HostHeader.ts"

/** Of the versions that Node reads, only this one has no headers. */
const isVersion09 = ({ source }: HttpServerRequest.HttpServerRequest): boolean =>
  "httpVersion" in source && source.httpVersion === "0.9"

/**
 * Refuses requests that a page of another site makes a browser send: under a name that the page's owner controls (DNS
 * rebinding), or across sites. Before everything that a request can cause.
 */
export const layerBrowserGuard = HttpRouter.middleware(
  Effect.gen(function* () {
    const access = yield* BrowserAccess
    const refusals = yield* Refusals
    return (handler) =>
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        if (isVersion09(request)) {
          yield* refusals.record("http_version")
          return problemResponse("invalid_request", "HTTP/0.9 is not supported. Send an HTTP/1.1 request.")
        }
        for (const text of hostsOf(request)) {
          const host = parseHost(text)
          if (host === undefined) {
            yield* refusals.record("host")
            return problemResponse(
              "invalid_request",
              "The Host header is malformed or repeated. Send one Host header with a host name or an address, and a port.",
            )
          }
          if (!isKnownHost(host, access)) {
            yield* refusals.record("host")
            return problemResponse(
              "misdirected_request",
              `This API is not known as ${host.host}. Use an IP address or localhost, or add the name to PUBLIC_HOSTS: PUBLIC_HOSTS=${host.host}`,
            )
          }
        }
        const route = routePathOf(request.url)
        if (isCrossSite(request, route, access.allowedOrigins)) {
          yield* refusals.record("cross_site")
          return problemResponse("cross_site_request")
        }
        return yield* handler
      })
  }),
  { global: true },
)
