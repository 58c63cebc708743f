import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpServer from "effect/http/HttpServer"
import { inUrl } from "../../../Domain/source/hosts/HostAndPort.ts"
import { AppConfig } from "../AppConfig.ts"
import { FileServer, portOf } from "./FileServer.ts"

/** What to write into a URL to reach a server that listens on `host`. */
const reachableName = (host: string): string =>
  ["127.0.0.1", "0.0.0.0", "::", "::1"].includes(host) ? "localhost" : inUrl(host)

/**
 * A command to try. It needs no quotes, because JSON would escape them and the command could not be pasted.
 *
 * @param host the address the API listens on
 */
export const readyMessage = (host: string, apiPort: number, fileServerPort: number): string => {
  const api = `${reachableName(host)}:${apiPort}`
  return (
    `Sluice is ready: http://${api} (API: http://${api}/docs). Load a file there, or: ` +
    `curl -d fileUrl=http://localhost:${fileServerPort}/tripsdata.csv ${api}/download_file`
  )
}

/** Logs the addresses of the API and the sample file server. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const api = yield* HttpServer.HttpServer
    const fileServer = yield* FileServer
    const { host } = yield* AppConfig
    yield* Effect.logInfo(readyMessage(host, portOf(api), fileServer.port))
  }),
)
