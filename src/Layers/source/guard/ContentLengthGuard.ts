import { type buildConnector, Client, type Dispatcher, Pool } from "@effect/platform-node/Undici"
import * as Data from "effect/Data"
import type { IncomingHttpHeaders } from "node:http"
import type { Socket } from "node:net"
import { peerOf, type RequestPeer } from "./RequestPeer.ts"
import { lenientHeads } from "./lenientHeads.ts"

type Controller = Dispatcher.DispatchController
type Handler = Dispatcher.DispatchHandler

interface Connection {
  readonly socket: Socket
  readonly expectHead: () => void
}

/** A response had more bytes than its `Content-Length`. */
export class ExcessBytes extends Data.TaggedError("ExcessBytes") {}

/**
 * Fails a response with `ExcessBytes` if more bytes follow than its `Content-Length` declares: then the declared length
 * is probably wrong and the file incomplete. undici would ignore them, as RFC 9112, 6.3, allows.
 *
 * Holds back the last chunk of the body, with undici paused, until the event loop has read from the socket once more,
 * and looks for unread bytes in the socket. This takes two turns of the event loop per response. After that chunk the
 * body is complete, so a connection that breaks meanwhile does not matter. Bytes that arrive later are not detected.
 * Empty bodies are not checked, because empty files are never loaded.
 */
class ContentLengthGuard implements Handler {
  readonly #handler: Handler
  readonly #connection: () => Connection | null
  readonly #peer: RequestPeer | undefined
  /** `NaN` without a `Content-Length`. */
  #remaining = Number.NaN
  #lastChunk: Buffer | null = null
  #isSettled = false

  constructor(handler: Handler, connection: () => Connection | null, peer: RequestPeer | undefined) {
    this.#handler = handler
    this.#connection = connection
    this.#peer = peer
  }

  onRequestStart(controller: Controller, context: unknown): void {
    const connection = this.#connection()
    connection?.expectHead()
    this.#peer?.set(connection?.socket)
    this.#handler.onRequestStart?.(controller, context)
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders, text?: string): void {
    this.#remaining = Number(headers["content-length"] ?? Number.NaN)
    this.#handler.onResponseStart?.(controller, status, headers, text)
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.#remaining -= chunk.byteLength
    if (this.#remaining === 0) this.#holdBack(controller, chunk)
    else this.#handler.onResponseData?.(controller, chunk)
  }

  onResponseEnd(controller: Controller, trailers: IncomingHttpHeaders): void {
    this.#settle(controller)
    if (!this.#isSettled) this.#handler.onResponseEnd?.(controller, trailers)
  }

  onResponseError(controller: Controller, error: Error): void {
    if (this.#lastChunk !== null && !controller.aborted) return this.#settle(controller)
    this.#lastChunk = null
    // Without a connection, undici passes no controller.
    if (!this.#isSettled) this.#handler.onResponseError?.(controller, error)
  }

  #holdBack(controller: Controller, chunk: Buffer): void {
    this.#lastChunk = chunk
    controller.pause()
    // The reader of the body must not resume the connection before the check.
    controller.resume = () => {}
    // The first turn ends before the event loop reads from sockets again, the second after it.
    setImmediate(() => setImmediate(() => this.#settle(controller)))
  }

  /** Ends the response for the handler, if the last chunk is held back. */
  #settle(controller: Controller): void {
    const lastChunk = this.#lastChunk
    if (lastChunk === null) return
    this.#lastChunk = null
    this.#isSettled = true
    // undici's parser, paused, puts unparsed bytes back into the socket.
    if ((this.#connection()?.socket.readableLength ?? 0) > 0) {
      const error = new ExcessBytes()
      this.#handler.onResponseError?.(controller, error)
      // Destroys the connection, so that the bytes are not taken for the next response.
      controller.abort(error)
    } else {
      this.#handler.onResponseData?.(controller, lastChunk)
      this.#handler.onResponseEnd?.(controller, {})
      Reflect.deleteProperty(controller, "resume")
      controller.resume()
    }
  }
}

/**
 * A pool factory for undici's `Agent` that reads heads leniently and guards every response. Requires `pipelining: 1`.
 */
export const guardedPool =
  (connect: buildConnector.connector) =>
  (origin: string | URL, options: object): Dispatcher =>
    new Pool(origin, {
      ...options,
      factory: (origin, options) => {
        let connection: Connection | null = null
        const client = new Client(origin, {
          ...options,
          connect: (destination, done) =>
            connect(destination, (...result) => {
              connection =
                result[0] === null ? { socket: result[1], expectHead: lenientHeads(result[1]) } : null
              done(...result)
            }),
        })
        const dispatch = client.dispatch.bind(client)
        client.dispatch = (options, handler) =>
          dispatch(options, new ContentLengthGuard(handler, () => connection, peerOf(options)))
        return client
      },
    })
