import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createServer } from "node:http"
import { AppConfig } from "./AppConfig.ts"

/** The API's listener, on `HOST` and `PORT`. Requests in flight get a few seconds when it stops. */
export const layer = Layer.unwrap(
  Effect.map(AppConfig, ({ host, port }) =>
    NodeHttpServer.layer(() => createServer(), { host, port, gracefulShutdownTimeout: "5 seconds" }),
  ),
)
