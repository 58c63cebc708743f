import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import { HttpRouter, HttpServerRequest } from "effect/http"
import { problemResponse } from "./ProblemResponses.ts"
import { streamsBody } from "./RoutePaths.ts"
import { Refusals } from "./log/Refusals.ts"

/** Limit of a request body, with or without a declared length. */
export const maxBodySize = ByteSize.kibibytes(64)

/** Refuses a body by the length that it declares, before it is read: the client may never send it. */
export const layerBodyGuard = HttpRouter.middleware(
  Effect.map(
    Refusals,
    (refusals) => (handler) =>
      Effect.gen(function* () {
        const { headers, url } = yield* HttpServerRequest.HttpServerRequest
        if (streamsBody(url)) return yield* handler
        if (Number(headers["content-length"] ?? 0) <= ByteSize.toNumberUnsafe(maxBodySize))
          return yield* handler
        yield* refusals.record("body_size")
        return problemResponse("body_too_large")
      }),
  ),
  { global: true },
)
