import * as Effect from "effect/Effect"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import { joinBytes } from "../../../Bytes/joinBytes.ts"
import { type NextChunk } from "../../../Bytes/NextChunk.ts"
import { noBytes } from "../../../Bytes/noBytes.ts"

/** Reads bytes with lookahead and pushback. Pulls a chunk from the source only when it holds too few bytes. */
export class ByteReader {
  /** Bytes read, not counting those that were put back. */
  position = 0
  readonly #source: NextChunk
  #held: Uint8Array = noBytes

  constructor(source: NextChunk) {
    this.#source = source
  }

  /** Reads the next bytes, as many as are at hand. */
  readonly next: NextChunk = Effect.suspend(() => {
    const held = this.#held
    this.#held = noBytes
    return Effect.map(held.length > 0 ? Effect.succeed(held) : this.#source, (chunk) => {
      this.position += chunk?.length ?? 0
      return chunk
    })
  })

  /** Puts back the last bytes read. */
  unread(bytes: Uint8Array): void {
    this.position -= bytes.length
    this.#held = joinBytes(bytes, this.#held)
  }

  /** The next `count` bytes, fewer at the end, without reading them. */
  peek(count: number): Effect.Effect<Uint8Array, LoadError> {
    return Effect.suspend(() => {
      if (this.#held.length >= count) return Effect.succeed(this.#held.subarray(0, count))
      return Effect.flatMap(this.#source, (chunk) => {
        if (chunk === null) return Effect.succeed(this.#held)
        this.#held = joinBytes(this.#held, chunk)
        return this.peek(count)
      })
    })
  }

  /** Reads the next `count` bytes, fewer at the end. */
  take(count: number): Effect.Effect<Uint8Array, LoadError> {
    return Effect.map(this.peek(count), (bytes) => {
      this.position += bytes.length
      this.#held = this.#held.subarray(bytes.length)
      return bytes
    })
  }

  /** Reads the next `count` bytes in chunks. Ends early if the data do. */
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

/** Reads to the end and returns the number of bytes. */
export const drain = Effect.fnUntraced(function* (next: NextChunk) {
  let count = 0
  for (let chunk = yield* next; chunk !== null; chunk = yield* next) count += chunk.length
  return count
})
