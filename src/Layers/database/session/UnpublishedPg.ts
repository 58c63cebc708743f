import type { Socket } from "node:net"
import type { ClientBase, Connection } from "pg"

/** Members of pg's client that its types leave out (pg 8, lib/client.js). `unpublishedPg.test.ts` checks them. */
export interface UnpublishedClient extends ClientBase {
  readonly connection: Connection
  readonly processID: number
  readonly secretKey: number
}

/** Members of pg's connection that its types leave out (pg 8, lib/connection.js). `unpublishedPg.test.ts` checks them. */
export interface UnpublishedConnection extends Connection {
  readonly stream: Socket
  readonly ssl: unknown
  readonly sslNegotiation: string
  readonly connect: (portOrPath: number | string, host?: string) => void
  readonly requestSsl: () => void
  readonly cancel: (processID: number, secretKey: number) => void
  readonly sendCopyFail: (message: string) => void
  readonly endCopyFrom: () => void
}
