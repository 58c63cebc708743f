import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { createHash, timingSafeEqual } from "node:crypto"
import { ApiKeys } from "../../Domain/service/ApiKeys.ts"
import { ordinaryScopes } from "../../Domain/service/Scope.ts"
import { AppConfig } from "./AppConfig.ts"

/** `timingSafeEqual` needs values of equal length. */
const digest = (key: Redacted.Redacted): Buffer => createHash("sha256").update(Redacted.value(key)).digest()

/** A plain key has no name of its own. Not a part of its digest, which would help to guess a weak key. */
const nameOf = (key: Redacted.Redacted): string =>
  `key-${createHash("sha256")
    .update(`name of ${Redacted.value(key)}`)
    .digest("hex")
    .slice(0, 8)}`

/** `ApiKeys` from `API_KEYS`. */
export const layer = Layer.effect(
  ApiKeys,
  Effect.map(AppConfig, ({ apiKeys }) => {
    const known = apiKeys.map((key) => ({ digest: digest(key), name: nameOf(key), scopes: ordinaryScopes }))
    return ApiKeys.of({
      required: known.length > 0,
      find: (secret) =>
        Effect.sync(() => {
          const given = digest(secret)
          // Compares with every key, so that the time does not depend on which one matches.
          const matches = known.map((one) => timingSafeEqual(one.digest, given))
          return Option.fromUndefinedOr(known[matches.indexOf(true)])
        }),
    })
  }),
)
