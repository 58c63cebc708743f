import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as AddressPolicy from "../../../Domain/source/AddressPolicy.ts"
import { AppConfig } from "../../process/AppConfig.ts"

import { guardedConnector } from "./GuardedConnector.ts"
import { HostLookup } from "./HostLookup.ts"
import { watchedPool } from "./WatchedClient.ts"

/** Keep-alive is for the next of many small files of a host; it is not worth holding a socket for long. */
const idleConnection = Duration.seconds(4)
/** Bound on what a server may ask for with `Keep-Alive: timeout=…`. */
const longestIdleConnection = Duration.seconds(30)

/**
 * An HTTP/1.1 client for URLs that strangers give: it connects to public addresses and to those that
 * `ALLOWED_HOSTS` names, and follows no redirect. One connection per running request, as many as there are
 * requests; HTTP/2 is left out because its streams share one connection, and a slow load would hold up the
 * others on it. An answer longer than it declared breaks off with `SurplusBytes`.
 *
 * Fails with `InvalidAllowedHost` when `ALLOWED_HOSTS` is malformed.
 */
export const layer: Layer.Layer<HttpClient, AddressPolicy.InvalidAllowedHost, AppConfig> = Layer.unwrap(
  Effect.gen(function* () {
    const config = yield* AppConfig
    const policy = yield* Effect.fromResult(AddressPolicy.parse(config.allowedHosts))
    const connect = guardedConnector({
      policy,
      lookup: yield* HostLookup,
      connectTimeout: config.sourceHeaderTimeout,
    })
    return NodeHttpClient.layerUndiciOptions({
      connect,
      factory: watchedPool(connect),
      allowH2: false,
      pipelining: 1,
      keepAliveTimeout: Duration.toMillis(idleConnection),
      keepAliveMaxTimeout: Duration.toMillis(longestIdleConnection),
    })
  }),
)
