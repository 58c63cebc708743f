import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { HttpServerRespondable } from "effect/http"
import type { HttpApiEndpoint } from "effect/http-api"
import { ApiKeys } from "../../Domain/service/ApiKeys.ts"
import { Caller, withKey, withoutKey } from "../../Domain/service/Caller.ts"
import { Limits } from "../../Domain/service/Limits.ts"
import { grants, type Scope } from "../../Domain/service/Scope.ts"
import { Authorization, ChangesState, RequiredScope } from "../contract/Middleware.ts"
import { Forbidden, Unauthorized } from "../contract/problems/Problems.ts"
import { clientAddress } from "./clientAddress.ts"
import { countRequest } from "./limits/limitProblem.ts"
import { Refusals } from "./log/Refusals.ts"
import { note } from "./log/RequestLog.ts"

const forbidden = (scope: Scope) =>
  new Forbidden({
    scope,
    detail: `This API key lacks the scope ${scope}. Ask the operator for a key with it.`,
  })

export const layerAuthorization = Layer.effect(
  Authorization,
  Effect.gen(function* () {
    const keys = yield* ApiKeys
    const refusals = yield* Refusals
    const limits = yield* Limits

    const callerWith = Effect.fnUntraced(function* (credential: Redacted.Redacted, address: string) {
      if (!keys.required) return Option.some(withoutKey(address))
      return Option.map(yield* keys.find(credential), (key) => withKey(key, address))
    })

    // Runs for each scheme until one succeeds, so a caller who is known is refused with a response, not a failure.
    // A missing credential arrives as an empty one.
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
          const address = yield* clientAddress
          const caller = Option.getOrUndefined(yield* callerWith(credential, address))
          if (caller === undefined && !isLast) return yield* new Unauthorized({})
          const action = Context.get(endpoint.annotations, ChangesState)
          // Before anything can be refused, so that the log has the name.
          if (caller !== undefined)
            yield* note({ caller: caller.name, client: address, ...(action === null ? {} : { action }) })
          // Guesses at keys are limited by their address.
          const refused = yield* countRequest(limits, refusals, (caller ?? withoutKey(address)).id)
          if (refused !== undefined) return refused
          if (caller === undefined) {
            yield* refusals.record("unauthorized")
            return yield* new Unauthorized({})
          }
          const scope = Context.get(endpoint.annotations, RequiredScope)
          if (grants(caller.scopes, scope)) return yield* Effect.provideService(response, Caller, caller)
          yield* refusals.record("forbidden")
          return yield* HttpServerRespondable.toResponse(forbidden(scope))
        })
    return Authorization.of({ bearer: check(false), apiKey: check(true) })
  }),
)
