import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { HttpServerRequest } from "effect/http"
import { ApiKeys } from "../../Domain/service/ApiKeys.ts"
import { Caller, withKey, withoutKey } from "../../Domain/service/Caller.ts"
import { Authorization } from "../contract/Middleware.ts"
import { Unauthorized } from "../contract/Problems.ts"

export const layerAuthorization = Layer.effect(
  Authorization,
  Effect.gen(function* () {
    const keys = yield* ApiKeys
    const callerWith = Effect.fnUntraced(function* (credential: Redacted.Redacted) {
      const { remoteAddress } = yield* HttpServerRequest.HttpServerRequest
      const address = Option.getOrElse(remoteAddress, () => "unknown")
      if (!keys.required) return withoutKey(address)
      const key = yield* keys.find(credential)
      return Option.isSome(key) ? withKey(key.value, address) : yield* new Unauthorized({})
    })
    // A missing credential arrives as an empty one.
    const check = <A, E, R>(
      response: Effect.Effect<A, E, R>,
      { credential }: { readonly credential: Redacted.Redacted },
    ) => Effect.flatMap(callerWith(credential), (caller) => Effect.provideService(response, Caller, caller))
    return Authorization.of({ bearer: check, apiKey: check })
  }),
)
