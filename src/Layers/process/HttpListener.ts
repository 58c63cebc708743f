import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpServer from "effect/http/HttpServer"
import { createServer } from "node:http"
import type { Duplex } from "node:stream"
import { AppConfig } from "./AppConfig.ts"
import { listenError } from "./ListenError.ts"

/**
 * The API's listener, on `HOST` and `PORT`. When it stops, requests in flight get five seconds.
 *
 * @param connectionErrorResponse the whole response to bytes that are not an HTTP request, by Node's error code
 */
export const layer = (connectionErrorResponse: (code: string | undefined) => string) =>
  Layer.effect(
    HttpServer.HttpServer,
    Effect.gen(function* () {
      const { host, port, requestTimeout } = yield* AppConfig
      return yield* NodeHttpServer.make(() => makeServer(connectionErrorResponse, requestTimeout), {
        host,
        port,
        gracefulShutdownTimeout: "5 seconds",
      }).pipe(Effect.mapError(({ cause }) => listenError("API", port, "PORT", cause)))
    }),
  ).pipe(Layer.provideMerge(NodeHttpServer.layerHttpServices))

/** A connection on which nothing is sent or read for this long is closed. Longer than the longest preview. */
const idleTimeout = Duration.minutes(2)

/**
 * An unused connection is kept longer than proxies and clients keep theirs (60 s, mostly). Otherwise some requests would meet
 * a connection that is being closed.
 */
const keepAlive = Duration.seconds(75)

/** @param requestTimeout from the first byte of a request to its last */
export const makeServer = (
  connectionErrorResponse: (code: string | undefined) => string,
  requestTimeout: Duration.Duration,
) => {
  const server = createServer({
    requestTimeout: Duration.toMillis(requestTimeout),
    headersTimeout: Duration.toMillis(requestTimeout),
    connectionsCheckingInterval: 1000,
    keepAliveTimeout: Duration.toMillis(keepAlive),
    // A header that may appear once only, such as Host, arrives with all its values, and is refused.
    joinDuplicateHeaders: true,
  })
  server.timeout = Duration.toMillis(idleTimeout)
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === "ECONNRESET" || !socket.writable) socket.destroy()
    else socket.end(connectionErrorResponse(error.code))
  })
  // Without a listener, Node closes the connection and says nothing.
  server.on("connect", (_, socket: Duplex) => socket.end(connectionErrorResponse("HPE_INVALID_METHOD")))
  return server
}
