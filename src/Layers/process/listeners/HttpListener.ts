import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import type { IncomingMessage, ServerResponse } from "node:http"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpServer from "effect/http/HttpServer"
import { createServer } from "node:http"
import type { Duplex } from "node:stream"
import { AppConfig } from "../AppConfig.ts"
import { listenError } from "./ListenError.ts"

/**
 * The API's listener, on `HOST` and `PORT`. When it stops, requests in flight get `SHUTDOWN_GRACE`.
 *
 * @param connectionErrorResponse the whole response to bytes that are not an HTTP request, by Node's error code
 * @param streamsBody whether the body of a request to this URL may take any time: its handler limits it
 */
export const layer = (
  connectionErrorResponse: (code: string | undefined) => string,
  streamsBody: (url: string) => boolean,
) =>
  Layer.effect(
    HttpServer.HttpServer,
    Effect.gen(function* () {
      const { host, port, requestTimeout, shutdownGrace } = yield* AppConfig
      return yield* NodeHttpServer.make(
        () => makeServer(connectionErrorResponse, requestTimeout, streamsBody),
        {
          host,
          port,
          gracefulShutdownTimeout: shutdownGrace,
        },
      ).pipe(Effect.mapError(({ cause }) => listenError("API", port, "PORT", cause)))
    }),
  ).pipe(Layer.provideMerge(NodeHttpServer.layerHttpServices))

/** A connection on which nothing is sent or read for this long is closed. Longer than the longest preview. */
const idleTimeout = Duration.minutes(2)

/**
 * An unused connection is kept longer than proxies and clients keep theirs (60 s, mostly). Otherwise some requests would meet
 * a connection that is being closed.
 */
const keepAlive = Duration.seconds(75)

/** Probes of a client that sends nothing because it waits for the end of its upload. */
const keepAliveProbes = Duration.seconds(30)

/** @param requestTimeout for the head of a request, and again for its body */
export const makeServer = (
  connectionErrorResponse: (code: string | undefined) => string,
  requestTimeout: Duration.Duration,
  streamsBody: (url: string) => boolean,
) => {
  const server = createServer({
    // Node's limit is one for all requests. `limitBody` has another one for uploads.
    requestTimeout: 0,
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
  const limitBody = (request: IncomingMessage, response: ServerResponse) => {
    const { headers, socket } = request
    if (streamsBody(request.url ?? "")) {
      socket.setTimeout(0)
      socket.setKeepAlive(true, Duration.toMillis(keepAliveProbes))
      return
    }
    if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined) return
    const timer = setTimeout(() => {
      if (!request.complete)
        server.emit(
          "clientError",
          Object.assign(new Error("slow body"), { code: "ERR_HTTP_REQUEST_TIMEOUT" }),
          socket,
        )
    }, Duration.toMillis(requestTimeout))
    response.once("close", () => clearTimeout(timer))
  }
  server.on("request", limitBody)
  server.on("checkContinue", limitBody)
  // Without a listener, Node responds without a body.
  server.on("checkExpectation", ({ socket }: IncomingMessage) =>
    socket.end(connectionErrorResponse("HPE_UNKNOWN_EXPECTATION")),
  )
  // Without a listener, Node closes the connection and says nothing.
  server.on("connect", (_, socket: Duplex) => socket.end(connectionErrorResponse("HPE_INVALID_METHOD")))
  return server
}
