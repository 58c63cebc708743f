import type { Socket } from "node:net"

/** Receives the address that a request is sent to. Passed through undici as the request's `opaque` value. */
export class RequestPeer {
  address: string | undefined
  port: number | undefined

  set(socket: Socket | undefined): void {
    this.address = socket?.remoteAddress
    this.port = socket?.remotePort
  }
}

/** The peer in the options of a dispatched request. undici passes `opaque` on, but does not declare it. */
export const peerOf = (options: object): RequestPeer | undefined =>
  "opaque" in options && options.opaque instanceof RequestPeer ? options.opaque : undefined

/** Options of a request whose peer will be recorded. */
export const withPeer = <Options extends object>(options: Options, peer: RequestPeer): Options =>
  Object.assign<Options, object>(options, { opaque: peer })
