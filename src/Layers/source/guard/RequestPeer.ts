import type { Socket } from "node:net"

interface Peer {
  readonly address: string | undefined
  readonly port: number | undefined
}

/** The peers of connections through a proxy. */
const peers = new WeakMap<Socket, Peer>()

/** Sets the address to which a proxy has connected. */
export const setPeer = (socket: Socket, address: string, port: number): void => {
  peers.set(socket, { address, port })
}

/** Receives the address that a request is sent to. Passed through undici as the request's `opaque` value. */
export class RequestPeer {
  address: string | undefined
  port: number | undefined

  set(socket: Socket | undefined): void {
    const peer = socket === undefined ? undefined : peers.get(socket)
    this.address = peer?.address ?? socket?.remoteAddress
    this.port = peer?.port ?? socket?.remotePort
  }
}

/** The peer in the options of a dispatched request. undici passes `opaque` on, but does not declare it. */
export const peerOf = (options: object): RequestPeer | undefined =>
  "opaque" in options && options.opaque instanceof RequestPeer ? options.opaque : undefined

/** Options of a request whose peer will be recorded. */
export const withPeer = <Options extends object>(options: Options, peer: RequestPeer): Options =>
  Object.assign<Options, object>(options, { opaque: peer })
