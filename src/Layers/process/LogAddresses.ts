import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpServer from "effect/http/HttpServer"
import { FileServer, portOf } from "./FileServer.ts"

/** A command to try, for the ports of the API and the sample file server. */
export const readyMessage = (apiPort: number, fileServerPort: number): string =>
  `Sluice is ready. Documentation: http://localhost:${apiPort}/docs. Try: curl -d ` +
  `"fileUrl=http://localhost:${fileServerPort}/tripsdata.csv" -X POST localhost:${apiPort}/download_file`

/** Logs the addresses of the API and the sample file server. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const api = yield* HttpServer.HttpServer
    const fileServer = yield* FileServer
    yield* Effect.logInfo(readyMessage(portOf(api), fileServer.port))
  }),
)
