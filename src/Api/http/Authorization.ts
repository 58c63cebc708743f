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
    const refused = new Unauthorized({
      detail: "Send one of the service's API keys: `Authorization: Bearer …` or `X-API-Key: …`.",
    })
    // A credential that was not sent arrives as an empty one.
    const check = <A, E, R>(
      answer: Effect.Effect<A, E, R>,
      { credential }: { readonly credential: Redacted.Redacted },
    ) => (!keys.required || keys.accepts(credential) ? answer : Effect.fail(refused))
    return Authorization.of({ bearer: check, apiKey: check })
  }),
)
