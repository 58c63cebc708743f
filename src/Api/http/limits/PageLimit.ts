import * as Effect from "effect/Effect"
import { HttpRouter, HttpServerRequest } from "effect/http"
import { withoutKey } from "../../../Domain/service/Caller.ts"
import { Limits } from "../../../Domain/service/Limits.ts"
import { clientAddress } from "../clientAddress.ts"
import { Refusals } from "../log/Refusals.ts"
import { isPublic, routePathOf } from "../RoutePaths.ts"
import { countRequest } from "./limitProblem.ts"

/** Limits the requests of an address to pages and unknown paths, which need no key. */
export const layerPageLimit = HttpRouter.middleware(
  Effect.gen(function* () {
    const limits = yield* Limits
    const refusals = yield* Refusals
    return (handler) =>
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        if (!isPublic(routePathOf(request.url))) return yield* handler
        const refused = yield* countRequest(limits, refusals, withoutKey(yield* clientAddress).id)
        return refused ?? (yield* handler)
      })
  }),
  { global: true },
)
