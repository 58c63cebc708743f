import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import { sizeInWords } from "../../../Bytes/SizeInWords.ts"
import { type NextChunk } from "../../../Bytes/NextChunk.ts"

/** Counts what comes out of one decoder: a few bytes can become very many. */
export class DecodedSize {
  #decoded = 0
  readonly #limit: ByteSize.ByteSize
  readonly #received: () => number
  readonly #of: string

  /**
   * @param of whose size it is, for people
   * @param received bytes downloaded so far
   */
  constructor(limit: ByteSize.ByteSize, of: string, received: () => number) {
    this.#limit = limit
    this.#received = received
    this.#of = of
  }

  /** Counts what comes out of `next`; `source_too_large` in place of the first chunk over the limit. */
  bound(next: NextChunk): NextChunk {
    return Effect.flatMap(next, (chunk) => {
      const error = chunk === null ? null : this.#add(chunk.length)
      return error === null ? Effect.succeed(chunk) : Effect.fail(error)
    })
  }

  #add(bytes: number): LoadError | null {
    this.#decoded += bytes
    if (BigInt(this.#decoded) <= this.#limit) return null
    return loadError(
      "source_too_large",
      `The first ${sizeInWords(this.#received())} of ${this.#of} become ${sizeInWords(this.#decoded)} and more; at most ${sizeInWords(this.#limit)} are loaded (MAX_DECODED_SIZE).`,
    )
  }
}
