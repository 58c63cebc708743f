import { Socket } from "node:net"
import type { Host } from "../settings/ConnectionSettings.ts"

/** A socket to the server that is current when it connects, whatever host and port the driver gives. */
export class ServerSocket extends Socket {
  /** Its server, once it has begun to connect. */
  server: Host | undefined
  readonly #current: () => Host

  constructor(current: () => Host) {
    super()
    this.#current = current
  }

  override connect(): this {
    this.server = this.#current()
    const { address, port } = this.server
    return super.connect(
      address.startsWith("/") ? { path: `${address}/.s.PGSQL.${port}` } : { host: address, port },
    )
  }
}
