import * as Effect from "effect/Effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { BrowserAccess } from "../../../Domain/service/access/BrowserAccess.ts"

/** Headers that scripts of allowed origins may send and read. */
const requestHeaders =
  "authorization, content-type, idempotency-key, if-none-match, traceparent, tracestate, x-api-key"
const exposedHeaders =
  "allow, content-disposition, etag, link, location, retry-after, x-records-left-out, x-total-count"

/** How long browsers may keep the response to a preflight, in seconds. Chromium's limit is 7200. */
const maxAge = "7200"

const addVary = (response: HttpServerResponse.HttpServerResponse, names: ReadonlyArray<string>) => {
  const present = (response.headers["vary"] ?? "").split(/\s*,\s*/).filter((name) => name !== "")
  const missing = names.filter((name) => !present.some((each) => each.toLowerCase() === name))
  return HttpServerResponse.setHeader(response, "vary", [...present, ...missing].join(", "))
}

/**
 * CORS (Fetch standard §3.2) for the origins in `ALLOWED_ORIGINS`, on every response, errors too. Without credentials,
 * because this API has no cookies.
 */
export const layerCrossOriginSharing = HttpRouter.middleware(
  Effect.gen(function* () {
    const { allowedOrigins } = yield* BrowserAccess
    return (handler) =>
      Effect.gen(function* () {
        const { headers, method } = yield* HttpServerRequest.HttpServerRequest
        const response = yield* handler
        if (allowedOrigins.length === 0) return response
        const isPreflight = method === "OPTIONS" && headers["access-control-request-method"] !== undefined
        const varying = addVary(response, [
          "origin",
          ...(isPreflight ? ["access-control-request-method", "access-control-request-headers"] : []),
        ])
        const { origin } = headers
        if (origin === undefined || !allowedOrigins.includes(origin)) return varying
        return HttpServerResponse.setHeaders(varying, {
          "access-control-allow-origin": origin,
          "access-control-expose-headers": exposedHeaders,
          ...(isPreflight
            ? {
                "access-control-allow-methods": response.headers["allow"] ?? "",
                "access-control-allow-headers": requestHeaders,
                "access-control-max-age": maxAge,
              }
            : {}),
        })
      })
  }),
  { global: true },
)
