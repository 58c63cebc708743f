import * as Effect from "effect/Effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { problemResponse } from "./ProblemResponses.ts"
import { type RoutePath, routePathOf } from "./RoutePaths.ts"

const isCompressed = (request: HttpServerRequest.HttpServerRequest): boolean => {
  const encoding = request.headers["content-encoding"]
  return encoding !== undefined && encoding.trim() !== "" && encoding.trim().toLowerCase() !== "identity"
}

/** Links and uploads (`curl -T`) are the usual mistakes with a path that takes only POST. */
const exampleOf = ({ methods, path }: RoutePath): string =>
  methods.includes("GET")
    ? ""
    : ` For example: curl -d fileUrl=https://example.org/file.csv http://<this host>${path}`

/**
 * Responds to what the router does not distinguish: a method that the path does not have (405 with `Allow`), OPTIONS,
 * and compressed bodies, which are not supported. Also keeps HEAD away from a GET that changes something.
 */
export const layerMethodGuard = HttpRouter.middleware(
  (handler) =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      // `OPTIONS *` is about the whole server (RFC 9110 §9.3.7).
      if (request.method === "OPTIONS" && request.url === "*")
        return HttpServerResponse.empty({ status: 204 })
      const route = routePathOf(request.url)
      if (route === undefined) return yield* handler
      const allow = route.methods.join(", ")
      if (request.method === "OPTIONS") return HttpServerResponse.empty({ status: 204, headers: { allow } })
      if (!route.methods.includes(request.method)) {
        return problemResponse(
          "method_not_allowed",
          `${request.method} is not allowed for ${route.path}. Use ${allow}.${exampleOf(route)}`,
          {
            headers: { allow },
          },
        )
      }
      if (isCompressed(request) && !route.streamsBody) {
        return problemResponse(
          "unsupported_media_type",
          "The body is compressed. Send it without Content-Encoding.",
          { headers: { "accept-encoding": "identity" } },
        )
      }
      return yield* handler
    }),
  { global: true },
)
