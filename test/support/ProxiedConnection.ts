import { connect, type Socket } from "node:net"
import { Transform } from "node:stream"

/** How a whole line stands; it holds for each of its connections. */
export interface LineState {
  readonly target: { readonly host: string; readonly port: number }
  /** Each piece of data arrives this much later. */
  delayMillis: number
  /** At most this many bytes a second pass in each direction of each connection; 0 for no limit. */
  bytesPerSecond: number
  /** Settled while pieces may pass. */
  admission: Promise<void>
}

/** Sees, holds, changes or drops what one direction of one connection carries: what it delivers goes on. */
type Tap = (piece: Buffer, deliver: (bytes: Buffer) => void) => Promise<void> | void

export interface Taps {
  readonly toServer: Tap
  readonly toClient: Tap
}

const deliverAll: Tap = (piece, deliver) => deliver(piece)

const wait = (millis: number) => new Promise<void>((resolve) => void setTimeout(resolve, millis))

/** Not by a reset: Node never closes a socket that is reset while its FIN is under way. */
const end = (sockets: Iterable<Socket>) => {
  for (const socket of sockets) socket.destroy()
}

/** One client's connection through a proxy, with the one to the server that belongs to it. */
export class ProxiedConnection {
  /** Bytes that have come in, both directions together. */
  passed = 0
  readonly #line: LineState
  readonly #sockets: readonly [Socket, Socket]
  /** Whether it was made to deliver nothing any more. */
  isHalfOpen = false
  #taps: Taps = { toServer: deliverAll, toClient: deliverAll }

  constructor(line: LineState, client: Socket, onClosed: () => void) {
    this.#line = line
    const server = connect({ ...line.target, allowHalfOpen: true })
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
      // An end in good order goes through the line like the data; an error has no such way.
      socket.on("error", () => this.isHalfOpen || other.destroy())
      socket.on("close", () => {
        if (client.closed && server.closed) onClosed()
      })
    }
  }

  tap(taps: Taps): void {
    this.#taps = taps
  }

  /** Whether it carries nothing any more. */
  get isOver(): boolean {
    return this.isHalfOpen || this.#sockets.some((socket) => socket.destroyed)
  }

  /** Ends both sides in the middle of whatever it carries. */
  cut(): void {
    end(this.#sockets)
  }

  /** Delivers nothing from now on and tells no side, not even that the other one has gone, until it is cut. */
  halfOpen(): void {
    this.isHalfOpen = true
  }

  /** Each piece in turn; the streams' back-pressure holds back what follows. */
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
    const { bytesPerSecond, delayMillis } = this.#line
    if (delayMillis > 0) await wait(delayMillis)
    if (bytesPerSecond > 0) await wait((piece.length / bytesPerSecond) * 1000)
    await this.#line.admission
  }
}
