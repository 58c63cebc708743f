import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BrowserAccess } from "../../Domain/service/access/BrowserAccess.ts"
import { RequestTimeout } from "../../Domain/service/access/RequestTimeout.ts"
import { TrustedProxies } from "../../Domain/service/access/TrustedProxies.ts"
import { AppConfig } from "./AppConfig.ts"

/** How clients may send requests: `BrowserAccess`, `TrustedProxies` and `RequestTimeout`, from the settings of these names. */
export const layer = Layer.mergeAll(
  Layer.effect(
    BrowserAccess,
    Effect.map(AppConfig, ({ allowedOrigins, publicHosts }) => ({ allowedOrigins, publicHosts })),
  ),
  Layer.effect(
    TrustedProxies,
    Effect.map(AppConfig, ({ trustedProxies }) => trustedProxies),
  ),
  Layer.effect(
    RequestTimeout,
    Effect.map(AppConfig, ({ requestTimeout }) => requestTimeout),
  ),
)
