import type { Caller } from "../../Domain/service/Caller.ts"
import { HttpApiMiddleware, HttpApiSecurity, OpenApi } from "effect/http-api"
import { InternalError, InvalidRequest, Unauthorized } from "./Problems.ts"

const keyDescription = "One of the service's API keys. Needed only if the operator has set API_KEYS."

/**
 * Requires one of the operator's API keys, if any are configured: as a bearer token or in `x-api-key`. Provides who calls.
 *
 * @effect-expect-leaking HttpServerRequest | ParsedSearchParams | RouteContext
 */
export class Authorization extends HttpApiMiddleware.Service<Authorization, { provides: Caller }>()(
  "sluice/Api/Authorization",
  {
    error: Unauthorized,
    security: {
      bearer: HttpApiSecurity.bearer.pipe(HttpApiSecurity.annotate(OpenApi.Description, keyDescription)),
      apiKey: HttpApiSecurity.apiKey({ in: "header", key: "x-api-key" }).pipe(
        HttpApiSecurity.annotate(OpenApi.Description, keyDescription),
      ),
    },
  },
) {}

/** Responds with `invalid_request` to a request that does not fit the contract exactly. */
export class InvalidInput extends HttpApiMiddleware.Service<InvalidInput>()("sluice/Api/InvalidInput", {
  error: [InvalidRequest, InternalError],
}) {}
