import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createHash, timingSafeEqual } from "node:crypto"
import { ApiKeys } from "../../Domain/service/ApiKeys.ts"
import { AppConfig } from "./AppConfig.ts"

/** `timingSafeEqual` needs values of equal length. */
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
        // Compares with every key, so that the time does not depend on which one matches.
        return known.filter((one) => timingSafeEqual(one, given)).length > 0
      },
    })
  }),
)
