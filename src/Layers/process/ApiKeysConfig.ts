import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createHash, timingSafeEqual } from "node:crypto"
import { ApiKeys } from "../../Domain/service/ApiKeys.ts"
import { AppConfig } from "./AppConfig.ts"

/** Equal lengths are what a comparison in constant time asks for. */
const digest = (key: Redacted.Redacted): Buffer => createHash("sha256").update(Redacted.value(key)).digest()

/** `ApiKeys` from `API_KEYS`. */
export const layer = Layer.effect(
  ApiKeys,
  Effect.map(AppConfig, ({ apiKeys }) => {
    const known = apiKeys.map(digest)
    return ApiKeys.of({
      required: known.length > 0,
      accepts: (key) => {
        const given = digest(key)
        return known.reduce((isKnown, one) => timingSafeEqual(one, given) || isKnown, false)
      },
    })
  }),
)
