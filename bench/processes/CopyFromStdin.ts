import type { Socket } from "node:net"
import { Writable } from "node:stream"
import type { Connection, Submittable } from "pg"

/** What pg's connection can do for COPY beyond its published type (pg 8, lib/connection.js). */
interface CopyConnection extends Connection {
  readonly stream: Socket
  readonly endCopyFrom: () => void
}

type Callback = (error?: Error | null) => void

/** Message type byte of CopyData (Postgres documentation, 54.7, "Message Formats"). */
const copyDataType = 0x64

/** `COPY … FROM STDIN` as a Node stream, to be given to `client.query`; it finishes when the server has the rows. */
export class CopyFromStdin extends Writable implements Submittable {
  readonly #text: string
  #connection!: CopyConnection
  #begun: Callback | null = null
  #ended: Callback | null = null

  constructor(text: string) {
    super({ highWaterMark: 1 << 18 })
    this.#text = text
  }

  submit(connection: Connection): void {
    this.#connection = connection as CopyConnection
    connection.query(this.#text)
  }
  callback(): void {}
  handleCopyInResponse(): void {
    this.#begun?.()
  }
  handleCommandComplete(): void {}
  handleReadyForQuery(): void {
    this.#ended?.()
  }
  handleError(error: Error): void {
    this.destroy(error)
  }

  override _construct(begun: Callback): void {
    this.#begun = begun
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, written: Callback): void {
    const header = Buffer.allocUnsafe(5)
    header[0] = copyDataType
    header.writeUInt32BE(chunk.length + 4, 1)
    const socket = this.#connection.stream
    socket.cork()
    socket.write(header)
    const hasRoom = socket.write(chunk)
    socket.uncork()
    if (hasRoom) written()
    else socket.once("drain", () => written())
  }

  override _final(ended: Callback): void {
    this.#ended = ended
    this.#connection.endCopyFrom()
  }
}
