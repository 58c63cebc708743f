import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type AddressInfo, createServer, type Socket } from "node:net"
import { type ProxyState, ProxiedConnection, type Taps } from "./ProxiedConnection.ts"

/** A TCP proxy that injects network faults. They apply to new connections too. */
export interface TcpProxy {
  /** The URL with the host and port of this proxy. */
  readonly through: (url: string) => string
  /** The open connections, oldest first. */
  readonly connections: () => ReadonlyArray<ProxiedConnection>
  /** Holds back all data without closing anything. New connections open. */
  readonly pause: Effect.Effect<void>
  /** Delivers the data held back, and stops holding back. */
  readonly resume: Effect.Effect<void>
  /** Closes all connections, losing data in flight. New ones open. */
  readonly cut: Effect.Effect<void>
  /** Closes all connections, and every new one, until `open`. */
  readonly close: Effect.Effect<void>
  /** Accepts connections again. */
  readonly open: Effect.Effect<void>
  /** Connects to the server of another URL from now on. */
  readonly redirect: (url: string) => Effect.Effect<void>
  /** Delays data in both directions; 0 for no delay. */
  readonly delay: (millis: number) => Effect.Effect<void>
  /** Limits the rate of each direction of each connection; 0 for no limit. */
  readonly throttle: (bytesPerSecond: number) => Effect.Effect<void>
  /**
   * Waits for a request that contains the text, forwards it, and cuts its connection when the response arrives, so that
   * the response is lost.
   */
  readonly loseResponseTo: (text: string) => Effect.Effect<void>
}

interface Wait {
  readonly text: string
  readonly lost: () => void
}

const targetOf = (url: string) => {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port || 5432) }
}

/**
 * Starts a proxy to the server of the URL on a free loopback port. It stops with the scope.
 *
 * @param tap receives the data of each new connection, and disables `loseResponseTo`
 * @param listensAt where it listens; with `0.0.0.0`, every loopback address is a host of its own
 */
export const make = Effect.fnUntraced(function* (
  url: string,
  tap?: (connection: ProxiedConnection) => Taps,
  listensAt = "127.0.0.1",
): Effect.fn.Return<TcpProxy, never, Scope.Scope> {
  const state: ProxyState = {
    target: targetOf(url),
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
    const connection = new ProxiedConnection(state, client, () => connections.delete(connection))
    connection.tap((tap ?? losing)(connection))
    connections.add(connection)
  }
  const cutAll = () => {
    for (const connection of connections) connection.cut()
  }

  const server = createServer({ allowHalfOpen: true }, join)
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => void server.listen(0, listensAt, () => resume(Effect.void))),
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
      state.admission = new Promise((resolve) => {
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
    redirect: (url) =>
      Effect.sync(() => {
        state.target = targetOf(url)
      }),
    delay: (millis) =>
      Effect.sync(() => {
        state.delayMillis = millis
      }),
    throttle: (bytesPerSecond) =>
      Effect.sync(() => {
        state.bytesPerSecond = bytesPerSecond
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
