import type { Dispatcher } from "@effect/platform-node/Undici"
import * as Data from "effect/Data"
import type { IncomingHttpHeaders } from "node:http"
import type { Socket } from "node:net"

type Controller = Dispatcher.DispatchController
type Handler = Dispatcher.DispatchHandler

/** More bytes followed the head of an answer than its `Content-Length` declared. */
export class SurplusBytes extends Data.TaggedError("SurplusBytes") {}

/** What the reader of an answer controls it by. While it is shut, asking for more has no effect. */
class Gate implements Controller {
  isShut = false
  readonly #answer: Controller

  constructor(answer: Controller) {
    this.#answer = answer
  }

  get aborted() {
    return this.#answer.aborted
  }

  get paused() {
    return this.#answer.paused
  }

  get reason() {
    return this.#answer.reason
  }

  get rawHeaders() {
    return this.#answer.rawHeaders ?? null
  }

  get rawTrailers() {
    return this.#answer.rawTrailers ?? null
  }

  abort(reason: Error): void {
    this.#answer.abort(reason)
  }

  pause(): void {
    this.#answer.pause()
  }

  resume(): void {
    if (!this.isShut) this.#answer.resume()
  }
}

interface Held {
  readonly piece: Buffer
  /** Where a surplus would show: undici's parser, paused, puts back and leaves there what follows. */
  readonly socket: Socket | null
}

/**
 * Stands between undici and the reader of an answer. Keeps back the piece that ends the body by its
 * `Content-Length` until the event loop has read from the connection once more, and fails the answer with
 * `SurplusBytes` if there was more to read. Costs no more than two turns of the loop an answer.
 *
 * undici would end the body and throw the surplus away, which RFC 9112, 6.3, allows; but then the declared
 * length is likely wrong, and the file cut off. A connection with a surplus is destroyed, so that nothing of it
 * is taken for the next answer.
 *
 * With that piece the body is whole: a connection that breaks meanwhile breaks nothing. A surplus that arrives
 * later cannot be waited for. An answer of no bytes is not looked at: an empty file is never loaded.
 */
export class DeclaredEnd implements Handler {
  readonly #reader: Handler
  readonly #socketNow: () => Socket | null
  #gate: Gate | null = null
  /** Bytes still to come; `NaN` when that is not declared. */
  #missing = Number.NaN
  #held: Held | null = null
  #isSettled = false

  /** @param socketNow the connection that brings the answer */
  constructor(reader: Handler, socketNow: () => Socket | null) {
    this.#reader = reader
    this.#socketNow = socketNow
  }

  onRequestStart(answer: Controller, context: unknown): void {
    this.#reader.onRequestStart?.(this.#gateOf(answer), context)
  }

  onResponseStart(answer: Controller, status: number, headers: IncomingHttpHeaders, text?: string): void {
    this.#missing = Number(headers["content-length"] ?? Number.NaN)
    this.#reader.onResponseStart?.(this.#gateOf(answer), status, headers, text)
  }

  onResponseData(answer: Controller, piece: Buffer): void {
    this.#missing -= piece.byteLength
    if (this.#missing === 0) this.#hold(answer, piece)
    else this.#reader.onResponseData?.(this.#gateOf(answer), piece)
  }

  onResponseEnd(answer: Controller, trailers: IncomingHttpHeaders): void {
    if (this.#held !== null) this.#settle(answer, this.#held)
    else if (!this.#isSettled) this.#reader.onResponseEnd?.(this.#gateOf(answer), trailers)
  }

  onResponseError(answer: Controller, error: Error): void {
    if (this.#held !== null && !answer.aborted) return this.#settle(answer, this.#held)
    this.#held = null
    if (!this.#isSettled) this.#reader.onResponseError?.(answer, error)
  }

  #gateOf(answer: Controller): Gate {
    return (this.#gate ??= new Gate(answer))
  }

  #hold(answer: Controller, piece: Buffer): void {
    this.#held = { piece, socket: this.#socketNow() }
    this.#gateOf(answer).isShut = true
    answer.pause()
    const look = () => {
      if (this.#held !== null) this.#settle(answer, this.#held)
    }
    // The first comes before the loop reads from the sockets again, the second after it has.
    setImmediate(() => setImmediate(look))
  }

  /** Ends the answer for its reader at once: what becomes of the connection changes nothing for it. */
  #settle(answer: Controller, { piece, socket }: Held): void {
    const gate = this.#gateOf(answer)
    this.#held = null
    this.#isSettled = true
    if (socket !== null && socket.readableLength > 0) {
      const surplus = new SurplusBytes()
      this.#reader.onResponseError?.(gate, surplus)
      answer.abort(surplus)
    } else {
      this.#reader.onResponseData?.(gate, piece)
      this.#reader.onResponseEnd?.(gate, {})
      gate.isShut = false
      answer.resume()
    }
  }
}
