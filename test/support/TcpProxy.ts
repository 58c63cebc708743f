import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { Transform } from "node:stream"

/** A line to a server that a test can spoil. What it does to the line holds for later connections too. */
export interface TcpProxy {
  /** The URL with this proxy for its host and port. */
  readonly through: (url: string) => string
  /** Swallows nothing and delivers nothing: the bytes wait, and no side is told. New connections open. */
  readonly pause: Effect.Effect<void>
  /** Delivers what has waited, and all else as it comes. */
  readonly resume: Effect.Effect<void>
  /** Ends every connection there is, on both sides, in the middle of whatever it carries. New ones open. */
  readonly cut: Effect.Effect<void>
  /** Ends every connection there is, and every new one, until `open`. */
  readonly close: Effect.Effect<void>
  /** Takes connections again. */
  readonly open: Effect.Effect<void>
  /** Each piece of data arrives this much later, in either direction; 0 ends it. */
  readonly delay: (millis: number) => Effect.Effect<void>
  /**
   * From the first message of a client that holds the text, which still reaches the server, its connection
   * delivers no answer. Done when the server has answered: then the connection is cut.
   */
  readonly loseAnswerTo: (text: string) => Effect.Effect<void>
}

interface Wait {
  readonly text: string
  readonly lost: () => void
}

/** Not by a reset: Node never closes a socket that is reset while its FIN is under way. */
const cut = (sockets: Iterable<Socket>) => {
  for (const socket of sockets) socket.destroy()
}

/** Starts a proxy to the server of the URL, on a loopback port of its own; it ends with the scope. */
export const make = Effect.fnUntraced(function* (
  url: string,
): Effect.fn.Return<TcpProxy, never, Scope.Scope> {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  const held: Array<() => void> = []
  const waits = new Set<Wait>()
  let isPaused = false
  let isClosed = false
  let delayMillis = 0

  /** Holds each piece back as the proxy stands; the streams' back-pressure holds back what follows. */
  const line = (onPiece: (piece: Buffer) => boolean) =>
    new Transform({
      transform(piece: Buffer, _encoding, done) {
        const deliver = () => {
          if (isPaused) return void held.push(deliver)
          done(null, onPiece(piece) ? piece : undefined)
        }
        if (delayMillis > 0) setTimeout(deliver, delayMillis)
        else deliver()
      },
    })

  const join = (client: Socket) => {
    if (isClosed) return void client.destroy()
    const server = connect({ port: Number(port || 5432), host: hostname, allowHalfOpen: true })
    let losing: Wait | undefined
    const toServer = line((piece) => {
      losing ??= [...waits].find(({ text }) => piece.includes(text))
      return true
    })
    const toClient = line(() => {
      if (losing === undefined) return true
      cut([client, server])
      losing.lost()
      return false
    })
    client.pipe(toServer)
    toServer.pipe(server)
    server.pipe(toClient)
    toClient.pipe(client)
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket)
      socket.setNoDelay(true)
      // An end in good order goes through the line like the data; an error has no such way.
      socket.on("error", () => other.destroy())
      socket.on("close", () => sockets.delete(socket))
    }
  }

  const resume = () => {
    isPaused = false
    for (const deliver of held.splice(0)) deliver()
  }

  const server = createServer({ allowHalfOpen: true }, join)
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        cut(sockets)
      }),
  )
  const address = server.address() as AddressInfo

  return {
    through: (url) => {
      const changed = new URL(url)
      changed.host = `127.0.0.1:${address.port}`
      return changed.href
    },
    pause: Effect.sync(() => {
      isPaused = true
    }),
    resume: Effect.sync(resume),
    cut: Effect.sync(() => cut(sockets)),
    close: Effect.sync(() => {
      isClosed = true
      cut(sockets)
    }),
    open: Effect.sync(() => {
      isClosed = false
    }),
    delay: (millis) =>
      Effect.sync(() => {
        delayMillis = millis
      }),
    loseAnswerTo: (text) =>
      Effect.callback((resume) => {
        const wait: Wait = {
          text,
          lost: () => {
            waits.delete(wait)
            resume(Effect.void)
          },
        }
        waits.add(wait)
        return Effect.sync(() => void waits.delete(wait))
      }),
  }
})
