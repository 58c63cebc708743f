import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpServer from "effect/http/HttpServer"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpStaticServer from "effect/http/HttpStaticServer"
import * as Layer from "effect/Layer"
import * as NetAddress from "effect/net/NetAddress"
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"
import { areHostsKnown } from "../../../Domain/service/access/HostHeader.ts"
import { AppConfig } from "../AppConfig.ts"
import { listenError, type ListenError } from "./ListenError.ts"

/** The running sample file server. */
export class FileServer extends Context.Service<
  FileServer,
  { readonly port: number; readonly url: string }
>()("sluice/Layers/FileServer") {}

/** The port of a TCP listener. Do not read it from a URL, which omits the default port 80. */
export const portOf = ({ address }: HttpServer.HttpServer["Service"]): number => {
  if (NetAddress.isInetAddress(address)) return address.port
  throw new TypeError("The server listens on a path, not on a port")
}

const root = fileURLToPath(new URL("../../../../fileserver/files_to_serve/", import.meta.url))

/**
 * Serves `fileserver/files_to_serve` on 127.0.0.1 while the scope is open, with ranges and validators, like the
 * file server of docker-compose.yml. When the scope closes, running downloads get one second to finish.
 */
export const serve = Effect.fn("FileServer.serve")(function* (port: number) {
  const failed = (cause: unknown) => listenError("sample file server", port, "FILESERVER_PORT", cause)
  const files = yield* HttpStaticServer.make({ root }).pipe(Effect.mapError(failed))
  const server = yield* NodeHttpServer.make(createServer, {
    port,
    host: "127.0.0.1",
    gracefulShutdownTimeout: "1 second",
  }).pipe(Effect.mapError(({ cause }) => failed(cause)))
  yield* server.serve(
    HttpServerRequest.HttpServerRequest.use((request) =>
      areHostsKnown(request, { publicHosts: [] })
        ? readOnly(files)
        : Effect.succeed(HttpServerResponse.empty({ status: 421 })),
    ),
  )
  const actualPort = portOf(server)
  return FileServer.of({ port: actualPort, url: `http://127.0.0.1:${actualPort}` })
}, Effect.provide(NodeHttpServer.layerHttpServices))

const readOnly = <E, R>(files: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  HttpServerRequest.HttpServerRequest.use((request) =>
    request.method === "GET" || request.method === "HEAD"
      ? files
      : Effect.succeed(HttpServerResponse.empty({ status: 405, headers: { allow: "GET, HEAD" } })),
  )

/** The names of the file server. Always with a port: an entry of a setting without one is for all ports. */
export const hosts = (port: number): ReadonlyArray<string> => [`127.0.0.1:${port}`, `localhost:${port}`]

/** The sample file server on `FILESERVER_PORT`, and a configuration that allows downloads from it. */
export const layer: Layer.Layer<FileServer | AppConfig, ListenError, AppConfig> = Layer.effectContext(
  Effect.gen(function* () {
    const config = yield* AppConfig
    const fileServer = yield* serve(config.fileserverPort)
    const own = hosts(fileServer.port)
    const allowedHosts = [...config.allowedHosts, ...own.map((host) => `${host};direct`)]
    const sourcesOnly = config.sourcesOnly.length === 0 ? [] : [...config.sourcesOnly, ...own]
    return Context.make(FileServer, fileServer).pipe(
      Context.add(AppConfig, AppConfig.of({ ...config, allowedHosts, sourcesOnly })),
    )
  }),
)
