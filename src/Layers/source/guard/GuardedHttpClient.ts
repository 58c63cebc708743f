import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { parsePolicy } from "../../../Domain/source/hosts/DestinationPolicy.ts"
import type { InvalidDestination } from "../../../Domain/source/hosts/DestinationRule.ts"
import type { InvalidPortRange } from "../../../Domain/source/hosts/PortPolicy.ts"
import { AppConfig } from "../../process/AppConfig.ts"
import { NameResolver } from "../dns/NameResolver.ts"
import { guardedPool } from "./ContentLengthGuard.ts"
import { type DestinationGuard, makeDestinationGuard, type Origin } from "./DestinationGuard.ts"
import { guardedConnector } from "./GuardedConnector.ts"
import { maxHeadLength } from "./lenientHeads.ts"
import { openTunnel } from "./SourceProxy.ts"

/** Keep-alive serves many small files of one host. It is not worth holding a socket for long. */
const keepAlive = Duration.seconds(4)
/** Limit for the server's `Keep-Alive: timeout=…`. */
const maxKeepAlive = Duration.seconds(30)

/**
 * HTTP/1.1 clients for URLs from untrusted users. They make only the connections that the guard allows, and follow no
 * redirects. There is one for each origin, because they must not share connections: what the caller may request, a
 * redirect may not.
 *
 * Each running request has its own connection, without a limit on their number. No HTTP/2, whose streams share a
 * connection: one slow load would hold up the others. A response that is longer than its `Content-Length` fails with
 * `ExcessBytes`.
 */
export class GuardedHttpClient extends Context.Service<
  GuardedHttpClient,
  {
    readonly clientFor: (origin: Origin) => HttpClient.HttpClient
    readonly isTrusted: DestinationGuard["isTrusted"]
  }
>()("sluice/Layers/source/GuardedHttpClient") {
  /** Fails if a setting of destinations is malformed. */
  static readonly layer: Layer.Layer<GuardedHttpClient, InvalidDestination | InvalidPortRange, AppConfig> =
    Layer.effect(
      GuardedHttpClient,
      Effect.gen(function* () {
        const config = yield* AppConfig
        const resolve = yield* NameResolver
        const policy = yield* Effect.fromResult(parsePolicy(config))
        const guard = yield* makeDestinationGuard(policy, resolve)
        const { sourceHeaderTimeout } = config
        const timeoutMillis = Duration.isFinite(sourceHeaderTimeout)
          ? Duration.toMillis(sourceHeaderTimeout)
          : 0
        const tunnel = Option.match(config.sourceProxy, {
          onNone: () => null,
          onSome: (proxy) => openTunnel({ proxy: new URL(Redacted.value(proxy)), resolve, timeoutMillis }),
        })

        const makeClient = Effect.fnUntraced(function* (origin: Origin) {
          const connect = guardedConnector({ guard, origin, timeoutMillis, tunnel })
          const client = NodeHttpClient.layerUndiciOptions({
            connect,
            factory: guardedPool(connect),
            allowH2: false,
            pipelining: 1,
            maxHeaderSize: maxHeadLength,
            keepAliveTimeout: Duration.toMillis(keepAlive),
            keepAliveMaxTimeout: Duration.toMillis(maxKeepAlive),
          })
          // Otherwise a client that another layer has built would be reused: layers are built once.
          return Context.get(yield* Layer.build(Layer.fresh(client)), HttpClient.HttpClient)
        })
        const clients = {
          caller: yield* makeClient("caller"),
          "public host": yield* makeClient("public host"),
        }
        return GuardedHttpClient.of({
          clientFor: (origin) => clients[origin],
          isTrusted: guard.isTrusted,
        })
      }),
    )
}
