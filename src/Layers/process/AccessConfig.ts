import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BrowserAccess } from "../../Domain/service/BrowserAccess.ts"
import { TrustedProxies } from "../../Domain/service/TrustedProxies.ts"
import { AppConfig } from "./AppConfig.ts"

/** `BrowserAccess` from `PUBLIC_HOSTS` and `ALLOWED_ORIGINS`, and `TrustedProxies` from `TRUSTED_PROXIES`. */
export const layer = Layer.merge(
  Layer.effect(
    BrowserAccess,
    Effect.map(AppConfig, ({ allowedOrigins, publicHosts }) => ({ allowedOrigins, publicHosts })),
  ),
  Layer.effect(
    TrustedProxies,
    Effect.map(AppConfig, ({ trustedProxies }) => trustedProxies),
  ),
)
