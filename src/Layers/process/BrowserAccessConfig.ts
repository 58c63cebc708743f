import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BrowserAccess } from "../../Domain/service/BrowserAccess.ts"
import { AppConfig } from "./AppConfig.ts"

/** `BrowserAccess` from `PUBLIC_HOSTS` and `ALLOWED_ORIGINS`. */
export const layer = Layer.effect(
  BrowserAccess,
  Effect.map(AppConfig, ({ allowedOrigins, publicHosts }) => ({ allowedOrigins, publicHosts })),
)
