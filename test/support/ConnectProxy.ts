import * as Effect from "effect/Effect"
import * as http from "node:http"
import * as net from "node:net"

/** Where a proxy connects to, or the status with which it refuses. */
type Route = { readonly port: number } | { readonly status: number } | "silent"

/** A proxy for tests, on loopback. */
export interface ConnectProxy {
  /** For `SOURCE_PROXY`. */
  readonly url: string
  readonly port: number
  /** The targets of all `CONNECT` requests so far, `address:port`. */
  readonly targets: ReadonlyArray<string>
  /** Their headers. */
  readonly headers: ReadonlyArray<http.IncomingHttpHeaders>
  /** Requests that were not `CONNECT`. */
  readonly others: () => number
}

/**
 * Starts a proxy that stops with the scope. It connects every address to a port of loopback, so that tests have hosts at
 * public addresses.
 */
export const make = Effect.fnUntraced(function* (route: (target: string) => Route) {
  const targets: Array<string> = []
  const headers: Array<http.IncomingHttpHeaders> = []
  const sockets = new Set<net.Socket>()
  let others = 0
  const kept = <S extends net.Socket>(socket: S): S => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy())
    return socket
  }
  const server = http.createServer((_, response) => {
    others += 1
    response.writeHead(400).end()
  })
  server.on("connection", kept)
  server.on("connect", (request, socket) => {
    const target = request.url ?? ""
    targets.push(target)
    headers.push(request.headers)
    const to = route(target)
    if (to === "silent") return
    if ("status" in to) return void socket.end(`HTTP/1.1 ${to.status} Refused\r\n\r\n`)
    const upstream = kept(net.connect(to.port, "127.0.0.1"))
    let isOpen = false
    upstream.once("connect", () => {
      isOpen = true
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n")
      socket.pipe(upstream)
      upstream.pipe(socket)
    })
    upstream.once("error", () => {
      if (isOpen) socket.destroy()
      else socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n")
    })
    socket.once("close", () => upstream.destroy())
    upstream.once("close", () => socket.destroy())
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.void))
    }),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        for (const socket of sockets) socket.destroy()
      }),
  )
  const address = server.address()
  const port = address !== null && typeof address === "object" ? address.port : 0
  const proxy: ConnectProxy = {
    url: `http://127.0.0.1:${port}`,
    port,
    targets,
    headers,
    others: () => others,
  }
  return proxy
})
