import { Readable } from "node:stream"
import type { Connection, Submittable } from "pg"
import { CopyData } from "./CopyData.ts"

/** Data that waits for its reader, in bytes. The reader gets all of it at once, so that few chunks are sent. */
const maxWaiting = 256 * 1024

/** Message type byte of ErrorResponse (Postgres documentation, 54.7, "Message Formats"). */
const errorResponse = 0x45

type SocketReader = (bytes: Buffer) => void

/**
 * A statement `COPY … TO STDOUT` in pg's query queue, as the stream of its data. While it copies, it reads the connection in the
 * place of pg.
 */
export class CopyOutQuery extends Readable implements Submittable {
  /** Rows that the server has sent, known at the end. */
  rows = 0
  readonly #statement: string
  readonly #copied = new CopyData()
  #connection: Connection | null = null
  #isWanted = false

  constructor(statement: string) {
    super({ highWaterMark: maxWaiting })
    this.#statement = statement
  }

  submit(connection: Connection): void {
    this.#connection = connection
    const { stream } = connection
    const read = stream.listeners("data").at(0) as SocketReader | undefined
    if (read === undefined) throw new Error("pg does not read its connection")
    stream.removeListener("data", read)
    const readData = (bytes: Buffer): void => {
      const { data, rest } = this.#copied.take(bytes)
      // What precedes an error, such as the header, is not sent: the failure of the first row is still one of the statement.
      const isSent = data.byteLength > 0 && rest?.[0] !== errorResponse
      if (isSent && !this.push(data) && rest === null) {
        this.#isWanted = false
        stream.pause()
      }
      if (rest === null) return
      stream.removeListener("data", readData)
      stream.on("data", read)
      read(rest)
      this.#connection = null
      stream.resume()
    }
    stream.on("data", readData)
    if (!this.#isWanted) stream.pause()
    connection.query(this.#statement)
  }

  override _read(): void {
    this.#isWanted = true
    this.#connection?.stream.resume()
  }

  handleCommandComplete({ text = "" }: { readonly text?: string }): void {
    this.rows = Number(/^COPY (\d+)/.exec(text)?.[1] ?? 0)
  }

  handleReadyForQuery(): void {
    this.push(null)
  }

  handleError(error: Error): void {
    this.destroy(error)
  }
}
