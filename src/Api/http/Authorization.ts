import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { ApiKeys } from "../../Domain/service/ApiKeys.ts"
import { Authorization } from "../contract/Middleware.ts"
import { Unauthorized } from "../contract/Problems.ts"

export const layerAuthorization = Layer.effect(
  Authorization,
  Effect.gen(function* () {
    const keys = yield* ApiKeys
    // A missing credential arrives as an empty one.
    const check = <A, E, R>(
      response: Effect.Effect<A, E, R>,
      { credential }: { readonly credential: Redacted.Redacted },
    ) => (!keys.required || keys.accepts(credential) ? response : Effect.fail(new Unauthorized({})))
    return Authorization.of({ bearer: check, apiKey: check })
  }),
)
