import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { createServer } from "node:http"
import { prometheusContentType, prometheusText } from "../../Domain/telemetry/prometheusText.ts"
import { areHostsKnown } from "../../Domain/service/access/HostHeader.ts"
import { AppConfig } from "../process/AppConfig.ts"
import { portOf } from "../process/listeners/FileServer.ts"
import { listenError } from "../process/listeners/ListenError.ts"

const respond = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const { method, url } = request
  const { publicHosts } = yield* AppConfig
  if (!areHostsKnown(request, { publicHosts })) return HttpServerResponse.empty({ status: 421 })
  if (url !== "/metrics") return HttpServerResponse.empty({ status: 404 })
  if (method !== "GET") return HttpServerResponse.empty({ status: 405, headers: { allow: "GET" } })
  return HttpServerResponse.text(yield* prometheusText, { contentType: prometheusContentType })
})

/** Serves `/metrics` on `HOST` and `METRICS_PORT`, if that is set, for processes without an API. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const { host, metricsPort } = yield* AppConfig
    if (Option.isNone(metricsPort)) return
    const port = metricsPort.value
    const server = yield* NodeHttpServer.make(createServer, {
      host,
      port,
      gracefulShutdownTimeout: "1 second",
    }).pipe(Effect.mapError(({ cause }) => listenError("metrics", port, "METRICS_PORT", cause)))
    yield* server.serve(respond)
    yield* Effect.annotateLogs(Effect.logInfo("serving metrics"), { port: portOf(server) })
  }),
).pipe(Layer.provide(NodeHttpServer.layerHttpServices))
