import { connect, type Socket } from "node:net"
import { Transform } from "node:stream"

/** The state of a proxy, which applies to all of its connections. */
export interface ProxyState {
  /** Of new connections. */
  target: { readonly host: string; readonly port: number }
  /** Delays each piece of data by this long. */
  delayMillis: number
  /** Limit for each direction of each connection; 0 for no limit. */
  bytesPerSecond: number
  /** Resolved while data may pass. */
  admission: Promise<void>
}

/** Receives the data of one direction of one connection, and delivers, changes, delays or drops it. */
type Tap = (piece: Buffer, deliver: (bytes: Buffer) => void) => Promise<void> | void

export interface Taps {
  readonly toServer: Tap
  readonly toClient: Tap
}

const deliverAll: Tap = (piece, deliver) => deliver(piece)

const wait = (millis: number) => new Promise<void>((resolve) => void setTimeout(resolve, millis))

/** Does not reset: Node never closes a socket that was reset while its FIN was in flight. */
const end = (sockets: Iterable<Socket>) => {
  for (const socket of sockets) socket.destroy()
}

/** One client's connection through a proxy, and the proxy's connection to the server for it. */
export class ProxiedConnection {
  /** Bytes received, in both directions together. */
  passed = 0
  readonly #proxy: ProxyState
  readonly #sockets: readonly [Socket, Socket]
  /** Whether it silently drops all data. */
  isHalfOpen = false
  #taps: Taps = { toServer: deliverAll, toClient: deliverAll }

  constructor(proxy: ProxyState, client: Socket, onClosed: () => void) {
    this.#proxy = proxy
    const server = connect({ ...proxy.target, allowHalfOpen: true })
    this.#sockets = [client, server]
    const toServer = this.#direction("toServer")
    const toClient = this.#direction("toClient")
    client.pipe(toServer)
    toServer.pipe(server)
    server.pipe(toClient)
    toClient.pipe(client)
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.setNoDelay(true)
      // A regular end is piped through like data, but an error is not.
      socket.on("error", () => this.isHalfOpen || other.destroy())
      socket.on("close", () => {
        if (client.closed && server.closed) onClosed()
      })
    }
  }

  tap(taps: Taps): void {
    this.#taps = taps
  }

  /** Whether it no longer carries data. */
  get isOver(): boolean {
    return this.isHalfOpen || this.#sockets.some((socket) => socket.destroyed)
  }

  /** Closes both sides at once, losing data in flight. */
  cut(): void {
    end(this.#sockets)
  }

  /** Silently drops all data and does not forward the end of either side, until it is cut. */
  halfOpen(): void {
    this.isHalfOpen = true
  }

  /** Passes pieces one at a time, with back-pressure. */
  #direction(towards: keyof Taps): Transform {
    const deliver = (bytes: Buffer) => {
      if (!stream.destroyed) stream.push(bytes)
    }
    const stream: Transform = new Transform({
      transform: (piece: Buffer, _encoding, done) => {
        this.passed += piece.length
        this.#admit(piece)
          .then(() => (this.isHalfOpen ? undefined : this.#taps[towards](piece, deliver)))
          .then(
            () => this.isHalfOpen || done(),
            (error: Error) => done(error),
          )
      },
      flush: (done) => void (this.isHalfOpen || done()),
    })
    return stream
  }

  async #admit(piece: Buffer): Promise<void> {
    const { bytesPerSecond, delayMillis } = this.#proxy
    if (delayMillis > 0) await wait(delayMillis)
    if (bytesPerSecond > 0) await wait((piece.length / bytesPerSecond) * 1000)
    await this.#proxy.admission
  }
}
