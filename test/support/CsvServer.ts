import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import * as http from "node:http"
import * as https from "node:https"
import type { AddressInfo, Socket } from "node:net"
import { text } from "node:stream/consumers"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"

/** The client closed the connection before the response was sent. */
export class ClientGone extends Data.TaggedError("ClientGone")<{ readonly cause: unknown }> {}

/** One request, and the steps of responding to it. */
export interface Exchange {
  readonly method: string
  /** Path and query exactly as sent. */
  readonly target: string
  readonly headers: http.IncomingHttpHeaders
  /** The whole body of the request, which can be read once. */
  readonly body: Effect.Effect<string>
  /** Sends status and headers, true or not. Without a `content-length` the body is chunked. */
  readonly head: (status: number, headers?: http.OutgoingHttpHeaders) => Effect.Effect<void>
  /** Sends part of the body. Completes when the system has it. */
  readonly send: (bytes: Uint8Array | string) => Effect.Effect<void, ClientGone>
  /** Writes to the socket directly, instead of `head` and `send`. */
  readonly sendRaw: (bytes: Uint8Array | string) => Effect.Effect<void, ClientGone>
  /** Ends the response properly. */
  readonly end: Effect.Effect<void>
  /** Closes the connection in the middle of the response (FIN). */
  readonly cut: Effect.Effect<void>
  /** Resets the connection (RST). */
  readonly reset: Effect.Effect<void>
  /** Waits until the connection is closed, by either side. */
  readonly closed: Effect.Effect<void>
}

/** Responds to a request. The client waits if this does nothing. */
export type Answer = (exchange: Exchange) => Effect.Effect<void, ClientGone>

/** A whole file. */
export const file =
  (body: Uint8Array | string, headers: http.OutgoingHttpHeaders = {}): Answer =>
  (exchange) =>
    Effect.gen(function* () {
      const length = Buffer.byteLength(body)
      yield* exchange.head(200, { "content-type": "text/csv", "content-length": length, ...headers })
      yield* exchange.send(body)
      yield* exchange.end
    })

/** A status with an empty body. */
export const status =
  (code: number, headers: http.OutgoingHttpHeaders = {}): Answer =>
  (exchange) =>
    Effect.andThen(exchange.head(code, headers), exchange.end)

export const redirect = (location: string, code = 302): Answer => status(code, { location })

/** Leaves the response to the test, through the exchange that `request` returns. */
export const byHand: Answer = () => Effect.void

/** An HTTP server for tests, on its own port. Responds with 404 to unknown paths. */
export interface CsvServer {
  readonly port: number
  /** `http://127.0.0.1:<port>` */
  readonly origin: string
  readonly url: (path: string) => SourceUrl
  /** Sets the answer of a path, for any query. */
  readonly serve: (path: string, answer: Answer) => Effect.Effect<void>
  /** Waits for the next request to the path that was not returned before. */
  readonly request: (path: string) => Effect.Effect<Exchange>
  /** All requests to the path so far. */
  readonly received: (path: string) => ReadonlyArray<Exchange>
  /** Connections accepted so far. */
  readonly connections: () => number
}

interface Path {
  answer: Answer
  readonly received: Array<Exchange>
  returned: number
  readonly waiting: Array<(exchange: Exchange) => void>
}

const write = (write: (done: (error?: Error | null) => void) => void): Effect.Effect<void, ClientGone> =>
  Effect.callback((resume) =>
    write((cause) => resume(cause ? Effect.fail(new ClientGone({ cause })) : Effect.void)),
  )

const exchangeOf = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  closed: Deferred.Deferred<void>,
): Exchange => {
  const socket: Socket = request.socket
  return {
    method: request.method ?? "",
    target: request.url ?? "",
    headers: request.headers,
    body: Effect.promise(() => text(request)),
    head: (status, headers = {}) =>
      Effect.sync(() => {
        response.writeHead(status, headers)
        response.flushHeaders()
      }),
    send: (bytes) => write((done) => response.write(bytes, done)),
    sendRaw: (bytes) => write((done) => socket.write(bytes, done)),
    end: Effect.sync(() => {
      response.end()
    }),
    cut: Effect.sync(() => {
      socket.destroySoon()
    }),
    reset: Effect.sync(() => {
      socket.resetAndDestroy()
    }),
    closed: Deferred.await(closed),
  }
}

/** Starts a server that stops with the scope and closes all connections. With `tls` it is an https server. */
export const make = Effect.fnUntraced(function* (
  options: { readonly tls?: { readonly key: string; readonly cert: string } } = {},
): Effect.fn.Return<CsvServer, never, Scope.Scope> {
  const runAnswer = yield* FiberSet.makeRuntime<never, void, ClientGone>()
  const paths = new Map<string, Path>()
  const closedOf = new WeakMap<Socket, Deferred.Deferred<void>>()
  let connections = 0

  const pathOf = (name: string): Path => {
    let path = paths.get(name)
    if (path === undefined) {
      path = { answer: status(404), received: [], returned: 0, waiting: [] }
      paths.set(name, path)
    }
    return path
  }

  const onRequest = (request: http.IncomingMessage, response: http.ServerResponse) => {
    const path = pathOf((request.url ?? "").replace(/\?.*$/, ""))
    let closed = closedOf.get(request.socket)
    if (closed === undefined) {
      const gone = Deferred.makeUnsafe<void>()
      closedOf.set(request.socket, gone)
      request.socket.once("close", () => Deferred.doneUnsafe(gone, Effect.void))
      closed = gone
    }
    const exchange = exchangeOf(request, response, closed)
    path.received.push(exchange)
    const waiting = path.waiting.shift()
    if (waiting !== undefined) {
      path.returned += 1
      waiting(exchange)
    }
    runAnswer(path.answer(exchange))
  }

  const server = yield* Effect.acquireRelease(
    Effect.callback<http.Server>((resume) => {
      const server =
        options.tls === undefined ? http.createServer(onRequest) : https.createServer(options.tls, onRequest)
      // Only the client closes idle connections.
      server.keepAliveTimeout = 0
      server.on("connection", (socket) => {
        connections += 1
        // Several tests make the client reset its connection, and wait for `closed`.
        socket.on("error", () => socket.destroy())
      })
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      }),
  )

  const { port } = server.address() as AddressInfo
  const origin = `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`
  return {
    port,
    origin,
    url: (path) => SourceUrl.make(`${origin}${path}`),
    serve: (path, answer) =>
      Effect.sync(() => {
        pathOf(path).answer = answer
      }),
    request: (name) =>
      Effect.callback((resume) => {
        const path = pathOf(name)
        const exchange = path.received[path.returned]
        if (exchange === undefined) {
          path.waiting.push((exchange) => resume(Effect.succeed(exchange)))
        } else {
          path.returned += 1
          resume(Effect.succeed(exchange))
        }
      }),
    received: (path) => pathOf(path).received,
    connections: () => connections,
  }
})
