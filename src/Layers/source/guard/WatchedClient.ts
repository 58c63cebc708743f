import { type buildConnector, Client, type Dispatcher, Pool } from "@effect/platform-node/Undici"
import type { Socket } from "node:net"
import { DeclaredEnd } from "./DeclaredEnd.ts"

/** A client has one connection at a time, and one answer on it. */
interface Connection {
  socket: Socket | null
}

class WatchedClient extends Client {
  readonly #connection: Connection

  constructor(origin: string | URL, options: Client.Options, connect: buildConnector.connector) {
    const connection: Connection = { socket: null }
    super(origin, {
      ...options,
      connect: (destination, done) =>
        connect(destination, (...made) => {
          connection.socket = made[1]
          done(...made)
        }),
    })
    this.#connection = connection
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return super.dispatch(options, new DeclaredEnd(handler, () => this.#connection.socket))
  }
}

/**
 * The factory of undici's `Agent`, for connections on which an answer longer than its `Content-Length` fails
 * with `SurplusBytes`. Not for pipelining.
 */
export const watchedPool =
  (connect: buildConnector.connector) =>
  (origin: string | URL, options: object): Dispatcher =>
    new Pool(origin, {
      ...options,
      factory: (origin, options) => new WatchedClient(origin, options, connect),
    })
