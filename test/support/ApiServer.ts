import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { HttpServer } from "effect/http"
import { connect } from "node:net"
import type { CsvSource } from "../../src/Domain/source/CsvSource.ts"
import type { Exports } from "../../src/Domain/job/Exports.ts"
import type { Rows } from "../../src/Domain/rows/Rows.ts"
import type { Jobs } from "../../src/Domain/job/Jobs.ts"
import { connectionErrorResponse } from "../../src/Api/http/ConnectionErrors.ts"
import { makeServer } from "../../src/Layers/process/listeners/HttpListener.ts"
import { streamsBody } from "../../src/Api/http/RoutePaths.ts"
import { layerHttpServer } from "../../src/Api/HttpServer.ts"
import {
  allReady,
  layerApiKeys,
  type Answer,
  assertProblem,
  jsonObject,
  noExports,
  noJobList,
  noRows,
  noSource,
  noHealth,
  noSources,
  noTables,
  noUploads,
} from "./ApiHarness.ts"

const listener = (requestTimeout: Duration.Duration) =>
  NodeHttpServer.layer(() => makeServer(connectionErrorResponse, requestTimeout, streamsBody), {
    host: "127.0.0.1",
    port: 0,
    gracefulShutdownTimeout: "50 millis",
  })

/**
 * Serves the API on a free port until the scope closes. Returns its origin, `http://127.0.0.1:…`. By default it logs nothing,
 * fetches nothing and exports nothing.
 */
export const serveOnPort = (
  jobs: Layer.Layer<Jobs>,
  {
    exports = noExports,
    requestTimeout = Duration.seconds(30),
    rows = noRows,
    settings = Logger.layer([]),
    source = noSource,
  }: {
    readonly exports?: Layer.Layer<Exports>
    readonly requestTimeout?: Duration.Duration
    readonly rows?: Layer.Layer<Rows>
    /** Tracer, loggers and references. */
    readonly settings?: Layer.Layer<never>
    /** Where previews fetch from. */
    readonly source?: Layer.Layer<CsvSource>
  } = {},
) =>
  Layer.build(
    layerHttpServer.pipe(
      Layer.provideMerge(listener(requestTimeout)),
      Layer.provide([
        jobs,
        exports,
        noJobList,
        rows,
        noTables,
        noHealth,
        noSources,
        allReady,
        source,
        noUploads,
        layerApiKeys(),
      ]),
      Layer.provide(settings),
    ),
  ).pipe(
    Effect.map((context) => HttpServer.formatAddress(Context.get(context, HttpServer.HttpServer).address)),
  )

/** Sends raw bytes to the server and reads until it closes the connection. */
export const exchange = (origin: string, ...parts: ReadonlyArray<string | Uint8Array>) =>
  Effect.callback<string, Error>((resume) => {
    const { hostname, port } = new URL(origin)
    const received: Array<Buffer> = []
    const socket = connect(Number(port), hostname, () => {
      for (const part of parts) socket.write(part)
    })
    socket.on("data", (chunk) => received.push(chunk))
    socket.on("error", (error) => resume(Effect.fail(error)))
    socket.on("close", () => resume(Effect.succeed(Buffer.concat(received).toString())))
    return Effect.sync(() => socket.destroy())
  })

/** Parses a raw response. */
export const parseAnswer = (wire: string): Answer => {
  const [head = "", text = ""] = wire.split("\r\n\r\n")
  const [statusLine = "", ...lines] = head.split("\r\n")
  const headers = new Headers(
    lines.map((line): [string, string] => [
      line.slice(0, line.indexOf(":")),
      line.slice(line.indexOf(":") + 1),
    ]),
  )
  return { status: Number(statusLine.split(" ")[1]), headers, text, json: jsonObject(text) }
}

export const assertProblemOnWire = (wire: string, status: number, code: string): Answer => {
  const answer = parseAnswer(wire)
  assertProblem(answer, status, code)
  return answer
}

/** Sends one request on its own connection, which closes when the fiber is interrupted. */
export const ask = (
  origin: string,
  path: string,
  body?: { readonly contentType: string; readonly text: string },
) => {
  const head =
    body === undefined
      ? [`GET ${path} HTTP/1.1`]
      : [
          `POST ${path} HTTP/1.1`,
          `Content-Type: ${body.contentType}`,
          `Content-Length: ${Buffer.byteLength(body.text)}`,
        ]
  const request = [...head, "Host: localhost", "Connection: close", "", body?.text ?? ""].join("\r\n")
  return Effect.map(exchange(origin, request), parseAnswer)
}
