/** One message of the protocol, including type byte and length. A startup message has no type byte. */
export interface Message {
  /** The type byte as a character, `startup`, or `ssl` for the one-byte response to an SSLRequest. */
  readonly type: string
  readonly bytes: Buffer
}

const sslRequest = 80877103

/**
 * Splits the data of one side of a connection into whole messages (Postgres documentation, 54.7, "Message Formats").
 */
export class MessageReader {
  #rest: Buffer = Buffer.alloc(0)
  /** Client: the next message has no type byte. Server: the next byte is the response to an SSLRequest. */
  isUntyped: boolean
  readonly #from: "client" | "server"

  constructor(from: "client" | "server") {
    this.#from = from
    this.isUntyped = from === "client"
  }

  read(piece: Buffer): ReadonlyArray<Message> {
    let rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    const messages: Array<Message> = []
    while (true) {
      const length = this.#lengthOf(rest)
      if (length === undefined || rest.length < length) break
      messages.push(this.#message(rest.subarray(0, length)))
      rest = rest.subarray(length)
    }
    this.#rest = rest
    return messages
  }

  #lengthOf(rest: Buffer): number | undefined {
    if (this.isUntyped && this.#from === "server") return 1
    if (this.isUntyped) return rest.length < 4 ? undefined : rest.readUInt32BE(0)
    return rest.length < 5 ? undefined : 1 + rest.readUInt32BE(1)
  }

  #message(bytes: Buffer): Message {
    if (!this.isUntyped) return { type: String.fromCharCode(bytes[0]!), bytes }
    // The server declines an SSLRequest, so the startup message follows.
    this.isUntyped = this.#from === "client" && bytes.readUInt32BE(4) === sslRequest
    return { type: this.#from === "server" ? "ssl" : this.isUntyped ? "ssl" : "startup", bytes }
  }
}

/** The text up to the zero byte, and the offset after it. */
const textAt = (bytes: Buffer, start: number): readonly [string, number] => {
  const end = bytes.indexOf(0, start)
  return [bytes.toString("utf8", start, end), end + 1]
}

/** A client's request, with what identifies a step of a load. */
export type Request =
  | { readonly kind: "statement"; readonly text: string; readonly parameters: string }
  | { readonly kind: "copy data" }
  | { readonly kind: "copy end" }

/** Reads one client's requests. The text of a prepared statement is sent earlier than its use. */
export class RequestReader {
  readonly #prepared = new Map<string, string>()

  /** The request of a message, if it has one of interest. */
  read({ bytes, type }: Message): Request | undefined {
    if (type === "Q") return { kind: "statement", text: textAt(bytes, 5)[0], parameters: "" }
    if (type === "d") return { kind: "copy data" }
    if (type === "c") return { kind: "copy end" }
    if (type === "P") {
      const [name, next] = textAt(bytes, 5)
      this.#prepared.set(name, textAt(bytes, next)[0])
    }
    if (type !== "B") return undefined
    const [, next] = textAt(bytes, 5)
    const [name, rest] = textAt(bytes, next)
    return {
      kind: "statement",
      text: this.#prepared.get(name) ?? "",
      parameters: bytes.toString("latin1", rest),
    }
  }
}
