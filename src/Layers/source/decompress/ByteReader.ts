import * as Effect from "effect/Effect"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import { type NextChunk } from "../../../Bytes/NextChunk.ts"
import { joinBytes } from "../../../Bytes/joinBytes.ts"
import { noBytes } from "../../../Bytes/noBytes.ts"

/**
 * Bytes to be taken apart: knows how many were taken, and lets its reader look ahead and give back. Pulls a
 * chunk only when one is asked for and none is left.
 */
export class ByteReader {
  /** Bytes taken and not given back, from the start. */
  position = 0
  readonly #source: NextChunk
  #held: Uint8Array = noBytes
  #isDone = false

  constructor(source: NextChunk) {
    this.#source = source
  }

  readonly #pull: NextChunk = Effect.suspend(() => {
    if (this.#isDone) return Effect.succeed(null)
    return Effect.map(this.#source, (chunk) => {
      this.#isDone = chunk === null
      return chunk
    })
  })

  #take(bytes: Uint8Array): Uint8Array {
    this.position += bytes.length
    return bytes
  }

  /** Takes what comes next, in one piece of any length. */
  readonly next: NextChunk = Effect.suspend(() => {
    if (this.#held.length > 0) {
      const chunk = this.#held
      this.#held = noBytes
      return Effect.succeed(this.#take(chunk))
    }
    return Effect.map(this.#pull, (chunk) => (chunk === null ? null : this.#take(chunk)))
  })

  /** Gives back the last bytes taken. */
  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.position -= bytes.length
    this.#held = joinBytes(bytes, this.#held)
  }

  /** The next bytes without taking them; fewer when there are no more. */
  peek(count: number): Effect.Effect<Uint8Array, LoadError> {
    return Effect.suspend(() => {
      if (this.#held.length >= count || this.#isDone) return Effect.succeed(this.#held.subarray(0, count))
      return Effect.flatMap(this.#pull, (chunk) => {
        if (chunk !== null) this.#held = joinBytes(this.#held, chunk)
        return this.peek(count)
      })
    })
  }

  /** Takes the next bytes; fewer when there are no more. */
  take(count: number): Effect.Effect<Uint8Array, LoadError> {
    return Effect.map(this.peek(count), (bytes) => {
      this.#held = this.#held.subarray(bytes.length)
      return this.#take(bytes)
    })
  }

  /** Takes up to `count` bytes in pieces, as they come; ends early when there are no more. */
  upTo(count: number): NextChunk {
    let left = count
    return Effect.suspend(() => {
      if (left === 0) return Effect.succeed(null)
      return Effect.map(this.next, (chunk) => {
        if (chunk === null) return null
        const part = chunk.subarray(0, left)
        this.unread(chunk.subarray(part.length))
        left -= part.length
        return part
      })
    })
  }
}

/** Runs to the end; answers how many bytes there were. */
export const drain = (next: NextChunk): Effect.Effect<number, LoadError> =>
  Effect.gen(function* () {
    let count = 0
    while (true) {
      const chunk = yield* next
      if (chunk === null) return count
      count += chunk.length
    }
  })
