import { connect, createServer, type Socket } from "node:net"
import * as Effect from "effect/Effect"
import { attempt } from "../BenchFailure.ts"

/** What a server has reported to its clients so far. */
export interface StatementCounts {
  /** Statements that ended, by command (`SELECT`, `COMMENT`, …). */
  readonly byCommand: ReadonlyMap<string, number>
  /** Times that the server was ready for the next request. */
  readonly roundTrips: number
}

/** Reads the headers of the server's messages (Postgres documentation, 54.7) and skips their contents. */
const observe = (socket: Socket, onMessage: (type: string, body: () => string) => void) => {
  let rest: Buffer = Buffer.alloc(0)
  socket.on("data", (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= 5) {
      const end = 1 + rest.readUInt32BE(1)
      if (rest.length < end) return
      const message = rest.subarray(0, end)
      onMessage(String.fromCharCode(message[0]!), () => message.toString("latin1", 5, end - 1))
      rest = rest.subarray(end)
    }
  })
}

/**
 * A proxy of the database, without TLS, that counts statements. It shows every statement, however it was sent: parsed anew,
 * prepared, or one of several in a message.
 */
export const start = Effect.fnUntraced(function* (databaseUrl: string) {
  const byCommand = new Map<string, number>()
  let roundTrips = 0
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || "5432"), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true).on("error", () => {
        client.destroy()
        upstream.destroy()
      })
      socket.once("close", () => sockets.delete(socket))
    }
    observe(upstream, (type, body) => {
      if (type === "Z") roundTrips++
      if (type !== "C") return
      const command = body().replace(/[ \d]+$/, "")
      byCommand.set(command, (byCommand.get(command) ?? 0) + 1)
    })
    client.pipe(upstream)
    upstream.pipe(client)
  })
  const url = yield* Effect.acquireRelease(
    attempt("start a proxy of the database", async () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      server.listen(0, "127.0.0.1", resolve)
      await promise
      const address = server.address()
      const proxied = new URL(databaseUrl)
      proxied.host = `127.0.0.1:${typeof address === "object" ? address?.port : ""}`
      return proxied.href
    }),
    () =>
      Effect.sync(() => {
        server.close()
        for (const socket of sockets) socket.destroy()
      }),
  )
  /** Connections that are open now. */
  const connections = () => sockets.size / 2
  return { url, connections, read: (): StatementCounts => ({ byCommand: new Map(byCommand), roundTrips }) }
})
