import { Socket } from "node:net"
import type { Host } from "../settings/ConnectionSettings.ts"

/** A socket to the server that is current when it connects, whatever host and port the driver gives. */
export class ServerSocket extends Socket {
  /** Its server, once it has begun to connect. */
  server: Host | undefined
  readonly #current: () => Host
  #isEndedByServer = false

  constructor(current: () => Host) {
    super()
    this.#current = current
    this.once("end", () => {
      this.#isEndedByServer = !this.writableEnded
    })
  }

  /** Once it is closed: whether it was lost, and not just ended by its driver. Over TLS, that counts as lost. */
  get isLost(): boolean {
    return this.#isEndedByServer || !this.writableEnded
  }

  override connect(): this {
    this.server = this.#current()
    const { address, port } = this.server
    return super.connect(
      address.startsWith("/") ? { path: `${address}/.s.PGSQL.${port}` } : { host: address, port },
    )
  }
}
