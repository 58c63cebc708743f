import * as Context from "effect/Context"
import type { Caller } from "../../Domain/service/Caller.ts"
import type { Scope } from "../../Domain/service/Scope.ts"
import { HttpApiMiddleware, HttpApiSecurity, OpenApi } from "effect/http-api"
import {
  Forbidden,
  InternalError,
  InvalidRequest,
  LimitReached,
  Unauthorized,
  withRetryAfter,
} from "./problems/Problems.ts"

/** The scope that a key needs for the endpoint. An endpoint that declares none is left to administrators. */
export const RequiredScope = Context.Reference<Scope>("sluice/Api/RequiredScope", {
  defaultValue: () => "admin",
})

/**
 * Marks an endpoint that changes something, with the action's name in the audit log. HEAD must not reach a GET that does,
 * because HEAD is safe (RFC 9110 §9.2.1).
 */
export const ChangesState = Context.Reference<string | null>("sluice/Api/ChangesState", {
  defaultValue: () => null,
})

/** Marks an endpoint whose body is a file of any size, coding and type, which its handler reads while it arrives. */
export const StreamsBody = Context.Reference<boolean>("sluice/Api/StreamsBody", { defaultValue: () => false })

const keyDescription = "One of the service's API keys. Needed only if the operator has set API_KEYS."

/**
 * Requires one of the operator's API keys, if any are configured, with the endpoint's `RequiredScope`: as a bearer token
 * or in `x-api-key`. Provides who calls.
 *
 * @effect-expect-leaking HttpServerRequest | ParsedSearchParams | RouteContext
 */
export class Authorization extends HttpApiMiddleware.Service<Authorization, { provides: Caller }>()(
  "sluice/Api/Authorization",
  {
    error: [Unauthorized, Forbidden, withRetryAfter(LimitReached)],
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
