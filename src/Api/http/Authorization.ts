import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { HttpServerRequest, ProblemDetails } from "effect/http"
import type { HttpApiEndpoint } from "effect/http-api"
import { ApiKeys } from "../../Domain/service/ApiKeys.ts"
import { Caller, withKey, withoutKey } from "../../Domain/service/Caller.ts"
import { grants, type Scope } from "../../Domain/service/Scope.ts"
import { Authorization, ChangesState, RequiredScope } from "../contract/Middleware.ts"
import { problemBody } from "../contract/problemCatalog.ts"
import { Unauthorized } from "../contract/Problems.ts"
import { Refusals } from "./Refusals.ts"
import { note } from "./RequestLog.ts"

/** The body of the contract's `Forbidden`. */
const forbidden = (scope: Scope) =>
  ProblemDetails.toResponse({
    ...problemBody("forbidden", `This API key lacks the scope ${scope}. Ask the operator for a key with it.`),
    scope,
  })

export const layerAuthorization = Layer.effect(
  Authorization,
  Effect.gen(function* () {
    const keys = yield* ApiKeys
    const refusals = yield* Refusals

    const callerWith = Effect.fnUntraced(function* (credential: Redacted.Redacted, address: string) {
      if (!keys.required) return Option.some(withoutKey(address))
      return Option.map(yield* keys.find(credential), (key) => withKey(key, address))
    })

    // Runs for each scheme until one succeeds. A missing credential arrives as an empty one.
    const check =
      (isLast: boolean) =>
      <A, E, R>(
        response: Effect.Effect<A, E, R>,
        {
          credential,
          endpoint,
        }: { readonly credential: Redacted.Redacted; readonly endpoint: HttpApiEndpoint.Top },
      ) =>
        Effect.gen(function* () {
          const { remoteAddress } = yield* HttpServerRequest.HttpServerRequest
          const address = Option.getOrElse(remoteAddress, () => "unknown")
          const found = yield* callerWith(credential, address)
          if (Option.isNone(found)) {
            if (isLast) yield* refusals.record("unauthorized")
            return yield* new Unauthorized({})
          }
          const caller = found.value
          const action = Context.get(endpoint.annotations, ChangesState)
          yield* note({ caller: caller.name, client: address, ...(action === null ? {} : { action }) })
          const scope = Context.get(endpoint.annotations, RequiredScope)
          if (grants(caller.scopes, scope)) return yield* Effect.provideService(response, Caller, caller)
          yield* refusals.record("forbidden")
          // Not a failure, after which the next scheme would be tried.
          return forbidden(scope)
        })
    return Authorization.of({ bearer: check(false), apiKey: check(true) })
  }),
)
