import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { HttpServerRequest, ProblemDetails } from "effect/http"
import type { HttpApiEndpoint } from "effect/http-api"
import { ApiKeys } from "../../Domain/service/ApiKeys.ts"
import { Caller, type CallerId, withKey, withoutKey } from "../../Domain/service/Caller.ts"
import { Limits } from "../../Domain/service/Limits.ts"
import { grants, type Scope } from "../../Domain/service/Scope.ts"
import { Authorization, ChangesState, RequiredScope } from "../contract/Middleware.ts"
import { problemBody } from "../contract/problemCatalog.ts"
import { Unauthorized } from "../contract/Problems.ts"
import { limitResponse } from "./limits/limitProblem.ts"
import { Refusals } from "./log/Refusals.ts"
import { note } from "./log/RequestLog.ts"

/** The body of the contract's `Forbidden`. */
const forbidden = (scope: Scope) =>
  ProblemDetails.toResponse({
    ...problemBody("forbidden", `This API key lacks the scope ${scope}. Ask the operator for a key with it.`),
    scope,
  })

/** The address of the connection. */
export const addressOf = ({ remoteAddress }: HttpServerRequest.HttpServerRequest): string =>
  Option.getOrElse(remoteAddress, () => "unknown")

export const layerAuthorization = Layer.effect(
  Authorization,
  Effect.gen(function* () {
    const keys = yield* ApiKeys
    const refusals = yield* Refusals
    const limits = yield* Limits

    /** Counts the request; the response if it is one too many. */
    const tooMany = (caller: CallerId) =>
      limits.request(caller).pipe(
        Effect.as(undefined),
        Effect.catchTag("LimitReached", (reached) => limitResponse(refusals, reached)),
      )

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
          const address = addressOf(yield* HttpServerRequest.HttpServerRequest)
          const found = yield* callerWith(credential, address)
          if (Option.isNone(found)) {
            if (!isLast) return yield* new Unauthorized({})
            // Guesses at keys are limited by their address.
            const refused = yield* tooMany(withoutKey(address).id)
            if (refused !== undefined) return refused
            yield* refusals.record("unauthorized")
            return yield* new Unauthorized({})
          }
          const caller = found.value
          // Not a failure, after which the next scheme would be tried.
          const refused = yield* tooMany(caller.id)
          if (refused !== undefined) return refused
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
