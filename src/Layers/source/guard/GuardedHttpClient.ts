import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as AddressPolicy from "../../../Domain/source/AddressPolicy.ts"
import { AppConfig } from "../../process/AppConfig.ts"
import { NameResolver } from "../dns/NameResolver.ts"
import { guardedPool } from "./ContentLengthGuard.ts"
import { guardedConnector } from "./GuardedConnector.ts"
import { maxHeadLength } from "./lenientHeads.ts"

/** Keep-alive serves many small files of one host. It is not worth holding a socket for long. */
const keepAlive = Duration.seconds(4)
/** Limit for the server's `Keep-Alive: timeout=…`. */
const maxKeepAlive = Duration.seconds(30)

/**
 * An HTTP/1.1 client for URLs from untrusted users. Connects only to public addresses and those in `ALLOWED_HOSTS`, and
 * follows no redirects. Each running request has its own connection, without a limit on their number. No HTTP/2, whose
 * streams share a connection: one slow load would hold up the others. A response that is longer than its
 * `Content-Length` fails with `ExcessBytes`.
 *
 * Fails with `InvalidAllowedHost` if `ALLOWED_HOSTS` is malformed.
 */
export const layer: Layer.Layer<HttpClient, AddressPolicy.InvalidAllowedHost, AppConfig> = Layer.unwrap(
  Effect.gen(function* () {
    const config = yield* AppConfig
    const policy = yield* Effect.fromResult(AddressPolicy.parse(config.allowedHosts))
    const connect = guardedConnector({
      policy,
      resolve: yield* NameResolver,
      connectTimeout: config.sourceHeaderTimeout,
    })
    const client = NodeHttpClient.layerUndiciOptions({
      connect,
      factory: guardedPool(connect),
      allowH2: false,
      pipelining: 1,
      maxHeaderSize: maxHeadLength,
      keepAliveTimeout: Duration.toMillis(keepAlive),
      keepAliveMaxTimeout: Duration.toMillis(maxKeepAlive),
    })
    // Otherwise a client that another layer has built without the guard would be reused: layers are built once.
    return Layer.fresh(client)
  }),
)
