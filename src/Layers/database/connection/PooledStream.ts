import { Duplex } from "node:stream"
import { connect as connectTls, type ConnectionOptions } from "node:tls"
import type { ServerSocket } from "./ServerSocket.ts"
import type { Tls } from "../settings/TlsSettings.ts"
import { settingsIn, settingStatement, takeOptions } from "./startupOptions.ts"

/** Asks for TLS (Postgres documentation, 54.7, SSLRequest). */
const tlsRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

/** Types of messages of the server (Postgres documentation, 54.7). */
const type = { error: 0x45, notice: 0x4e, parameterStatus: 0x53, readyForQuery: 0x5a }

/** A simple query. */
const queryMessage = (text: string): Buffer => {
  const body = Buffer.from(`Q____${text}\0`)
  body.writeUInt32BE(body.length - 1, 1)
  return body
}

/** The failure in an error message: fields of one letter and a text each. */
const failureOf = (message: Buffer): Error => {
  const fields = message.toString("utf8", 5).split("\0")
  const field = (letter: string) => fields.find((text) => text.startsWith(letter))?.slice(1)
  return Object.assign(new Error(`the session cannot be set up: ${field("M") ?? "no reason given"}`), {
    code: field("C"),
  })
}

/**
 * A connection to the server for a driver without TLS of its own. Poolers refuse or drop the `options` that a driver sends when it
 * connects. So these are taken out of its message, and set by a statement before the driver learns that the server is ready.
 */
export class PooledStream extends Duplex {
  readonly #socket: ServerSocket
  readonly #tls: () => Tls
  /** What the driver's bytes go through: the socket, or TLS over it. `undefined` until it is connected. */
  #transport: Duplex | undefined
  #statement = ""
  #hasBegun = false
  #isReady = false
  /** The part of a message that has arrived. */
  #pending: Buffer = Buffer.alloc(0)
  /** The server's message that it is ready, withheld while settings are made. */
  #withheld: Buffer | undefined

  /** @param tls of the server that the socket connects to */
  constructor(socket: ServerSocket, tls: () => Tls) {
    super({ allowHalfOpen: false })
    this.#socket = socket
    this.#tls = tls
  }

  connect(): this {
    const socket = this.#socket
    socket.on("error", (error) => this.destroy(error))
    socket.on("close", () => this.#transport?.readableEnded || this.destroy())
    socket.once("connect", () => {
      const tls = this.#tls()
      if (tls === false) this.#open(socket)
      else this.#secure(socket, tls)
    })
    socket.connect()
    return this
  }

  setNoDelay(): this {
    this.#socket.setNoDelay(true)
    return this
  }

  setKeepAlive(enable: boolean, initialDelay: number): this {
    this.#socket.setKeepAlive(enable, initialDelay)
    return this
  }

  ref(): this {
    this.#socket.ref()
    return this
  }

  unref(): this {
    this.#socket.unref()
    return this
  }

  #secure(socket: ServerSocket, options: ConnectionOptions): void {
    socket.write(tlsRequest)
    socket.once("data", (response: Buffer) => {
      // More bytes would have been sent by someone in between, before the encryption.
      if (response.toString("latin1") !== "S") {
        this.destroy(new Error("The server does not support SSL connections"))
        return
      }
      const secured = connectTls({ ...options, socket })
      secured.on("error", (error) => this.destroy(error))
      secured.once("secureConnect", () => this.#open(secured))
    })
  }

  #open(transport: Duplex): void {
    this.#transport = transport
    transport.on("data", (bytes: Buffer) => {
      if (!(this.#isReady ? this.push(bytes) : this.#setUp(bytes))) transport.pause()
    })
    transport.on("end", () => this.push(null))
    this.emit("connect")
  }

  /** Passes messages on until the server is ready, and then makes the settings. Returns whether the driver wants more. */
  #setUp(bytes: Buffer): boolean {
    this.#pending = Buffer.concat([this.#pending, bytes])
    let wantsMore = true
    while (!this.#isReady && this.#pending.length >= 5) {
      const size = 1 + this.#pending.readUInt32BE(1)
      if (this.#pending.length < size) break
      const message = this.#pending.subarray(0, size)
      this.#pending = this.#pending.subarray(size)
      wantsMore = this.#receive(message)
    }
    return this.#isReady && this.#pending.length > 0 ? this.push(this.#pending) : wantsMore
  }

  #receive(message: Buffer): boolean {
    if (this.#withheld === undefined) {
      if (message[0] !== type.readyForQuery) return this.push(message)
      if (this.#statement !== "") {
        this.#withheld = message
        this.#transport?.write(queryMessage(this.#statement))
        return true
      }
      this.#isReady = true
      return this.push(message)
    }
    switch (message[0]) {
      case type.error:
        this.destroy(failureOf(message))
        return false
      case type.notice:
      case type.parameterStatus:
        return this.push(message)
      case type.readyForQuery:
        this.#isReady = true
        return this.push(this.#withheld)
      default:
        return true
    }
  }

  /** Takes the options out of the driver's first message. */
  #begin(bytes: Buffer): Buffer {
    this.#hasBegun = true
    const { message, options } = takeOptions(bytes)
    const settings = settingsIn(options) ?? []
    if (settings.length > 0) this.#statement = settingStatement(settings)
    return message
  }

  override _read(): void {
    this.#transport?.resume()
  }

  override _write(bytes: Buffer, _encoding: string, callback: (error?: Error | null) => void): void {
    const transport = this.#transport
    if (transport === undefined)
      return void this.once("connect", () => this._write(bytes, _encoding, callback))
    transport.write(this.#hasBegun ? bytes : this.#begin(bytes), callback)
  }

  override _writev(
    chunks: Array<{ readonly chunk: Buffer; readonly encoding: BufferEncoding }>,
    callback: (error?: Error | null) => void,
  ): void {
    const transport = this.#transport
    // Only while the driver waits for nothing can there be more than its first message.
    if (transport === undefined || !this.#hasBegun)
      return this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), "buffer", callback)
    transport.cork()
    chunks.forEach(({ chunk }, n) => transport.write(chunk, n === chunks.length - 1 ? callback : undefined))
    transport.uncork()
  }

  override _final(callback: () => void): void {
    this.#transport?.end()
    callback()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#transport?.destroy()
    this.#socket.destroy()
    callback(error)
  }
}
