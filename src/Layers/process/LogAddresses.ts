import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpServer from "effect/http/HttpServer"
import { FileServer } from "./FileServer.ts"

/** Logs the addresses of the API and the sample file server, as a command to try. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const { address } = yield* HttpServer.HttpServer
    const { port } = new URL(HttpServer.formatAddress(address))
    const fileServer = new URL((yield* FileServer).url)
    yield* Effect.logInfo(
      `Sluice is ready. Documentation: http://localhost:${port}/docs. Try: curl -d ` +
        `"fileUrl=http://localhost:${fileServer.port}/tripsdata.csv" -X POST localhost:${port}/download_file`,
    )
  }),
)
