import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
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
      const { host, port } = yield* AppConfig
      return yield* NodeHttpServer.make(() => makeServer(connectionErrorResponse), {
        host,
        port,
        gracefulShutdownTimeout: "5 seconds",
      }).pipe(Effect.mapError(({ cause }) => listenError("API", port, "PORT", cause)))
    }),
  ).pipe(Layer.provideMerge(NodeHttpServer.layerHttpServices))

const makeServer = (connectionErrorResponse: (code: string | undefined) => string) => {
  const server = createServer()
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === "ECONNRESET" || !socket.writable) socket.destroy()
    else socket.end(connectionErrorResponse(error.code))
  })
  return server
}
