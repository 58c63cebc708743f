import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import { pageHeaders } from "../browsers/securityHeaders.ts"
import { HttpMiddleware, HttpPlatform, HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"

const entityTag = (text: string) =>
  Effect.promise(() => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).pipe(
    Effect.map((digest) => `"${Hex.encode(new Uint8Array(digest)).slice(0, 32)}"`),
  )

/** Compresses the response if the client accepts that. */
export const compressed = <E, R>(
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
  platform: HttpPlatform.HttpPlatform["Service"],
) => Effect.provideService(HttpMiddleware.compression()(app), HttpPlatform.HttpPlatform, platform)

/**
 * A route whose response is the same for the life of the process. Clients revalidate it by its `ETag`, which is weak if the
 * body was compressed (RFC 9110 §8.8.3).
 */
export const constantResponse = (path: `/${string}`, contentType: string, text: () => string) =>
  HttpRouter.use(
    Effect.fnUntraced(function* (router) {
      const platform = yield* HttpPlatform.HttpPlatform
      const prepared = yield* Effect.cached(
        Effect.gen(function* () {
          const body = text()
          const headers = {
            etag: yield* entityTag(body),
            "cache-control": "no-cache",
            ...(contentType.startsWith("text/html") ? yield* pageHeaders(body) : {}),
          }
          return { body, headers }
        }),
      )
      const respond = Effect.gen(function* () {
        const { body, headers } = yield* prepared
        const request = yield* HttpServerRequest.HttpServerRequest
        return request.headers["if-none-match"]?.includes(headers.etag) === true
          ? HttpServerResponse.empty({ status: 304, headers })
          : HttpServerResponse.text(body, { contentType, headers })
      })
      yield* router.add("GET", path, compressed(respond, platform))
    }),
  )
