import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type AddressInfo, createServer, type Socket } from "node:net"
import { type LineState, ProxiedConnection, type Taps } from "./ProxiedConnection.ts"

/** A line to a server that a test can spoil. What it does to the line holds for later connections too. */
export interface TcpProxy {
  /** The URL with this proxy for its host and port. */
  readonly through: (url: string) => string
  /** Those there are now, in the order in which they were opened. */
  readonly connections: () => ReadonlyArray<ProxiedConnection>
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
  /** No more than this many bytes a second in either direction of a connection; 0 ends it. */
  readonly throttle: (bytesPerSecond: number) => Effect.Effect<void>
  /**
   * From the first message of a client that holds the text, which still reaches the server, its connection
   * delivers no answer. Done when the server has answered: then the connection is cut.
   */
  readonly loseResponseTo: (text: string) => Effect.Effect<void>
}

interface Wait {
  readonly text: string
  readonly lost: () => void
}

/**
 * Starts a proxy to the server of the URL, on a loopback port of its own; it ends with the scope.
 *
 * @param tap looks at what a new connection carries; without it `loseResponseTo` does
 */
export const make = Effect.fnUntraced(function* (
  url: string,
  tap?: (connection: ProxiedConnection) => Taps,
): Effect.fn.Return<TcpProxy, never, Scope.Scope> {
  const { hostname, port } = new URL(url)
  const line: LineState = {
    target: { host: hostname, port: Number(port || 5432) },
    delayMillis: 0,
    bytesPerSecond: 0,
    admission: Promise.resolve(),
  }
  const connections = new Set<ProxiedConnection>()
  const waits = new Set<Wait>()
  let isClosed = false
  let admit: (() => void) | undefined

  const losing = (connection: ProxiedConnection): Taps => {
    let wait: Wait | undefined
    return {
      toServer: (piece, deliver) => {
        wait ??= [...waits].find(({ text }) => piece.includes(text))
        deliver(piece)
      },
      toClient: (piece, deliver) => {
        if (wait === undefined) return deliver(piece)
        connection.cut()
        wait.lost()
      },
    }
  }

  const join = (client: Socket) => {
    if (isClosed) return void client.destroy()
    const connection = new ProxiedConnection(line, client, () => connections.delete(connection))
    connection.tap((tap ?? losing)(connection))
    connections.add(connection)
  }
  const cutAll = () => {
    for (const connection of connections) connection.cut()
  }

  const server = createServer({ allowHalfOpen: true }, join)
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        cutAll()
      }),
  )
  const address = server.address() as AddressInfo

  return {
    through: (url) => {
      const changed = new URL(url)
      changed.host = `127.0.0.1:${address.port}`
      return changed.href
    },
    connections: () => [...connections],
    pause: Effect.sync(() => {
      admit?.()
      line.admission = new Promise((resolve) => {
        admit = resolve
      })
    }),
    resume: Effect.sync(() => admit?.()),
    cut: Effect.sync(cutAll),
    close: Effect.sync(() => {
      isClosed = true
      cutAll()
    }),
    open: Effect.sync(() => {
      isClosed = false
    }),
    delay: (millis) =>
      Effect.sync(() => {
        line.delayMillis = millis
      }),
    throttle: (bytesPerSecond) =>
      Effect.sync(() => {
        line.bytesPerSecond = bytesPerSecond
      }),
    loseResponseTo: (text) =>
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
