import * as Effect from "effect/Effect"
import { GrowingBytes } from "../../Bytes/GrowingBytes.ts"
import { noBytes } from "../../Bytes/noBytes.ts"
import type { Sample } from "../record/Sample.ts"
import { late, type SampledChunks } from "./SampleDeadline.ts"

/** Peeked bytes are read again in pieces of this size, like those of the network. */
const pieceSize = 64 * 1024

/**
 * Bytes that decide what kind of file it is: its encoding, unless a later byte does, and whether it is CSV at all. A fixed
 * number, so that the decision does not depend on how the network cuts the file.
 */
export const prefixSize = 64 * 1024

/** Chunks whose beginning can be looked at before it is read. */
export class Lookahead implements SampledChunks {
  readonly #chunks: SampledChunks
  readonly #peeked = new GrowingBytes()
  #unread: Uint8Array | null = null
  #isWhole = false

  constructor(chunks: SampledChunks) {
    this.#chunks = chunks
  }

  /**
   * Returns the first `size` bytes, or fewer at the end of the file or of the time for sampling. They stay unread. To be
   * used before the first read.
   */
  readonly peek = Effect.fnUntraced({ self: this }, function* (size: number) {
    while (this.#peeked.length < size && !this.#isWhole) {
      const chunk = yield* this.#chunks.nextInTime
      if (chunk === late) break
      if (chunk === null) this.#isWhole = true
      else this.#peeked.append(chunk)
    }
    const { bytes } = this.#peeked
    return {
      bytes: bytes.subarray(0, size),
      isWhole: this.#isWhole && bytes.length <= size,
    } satisfies Sample
  })

  /** Drops the first bytes of those that were peeked. */
  skip(bytes: number): void {
    this.#unread = this.#peeked.take().subarray(bytes)
  }

  readonly next = Effect.suspend(() => this.#piece() ?? this.#chunks.next)
  readonly nextInTime = Effect.suspend(() => this.#piece() ?? this.#chunks.nextInTime)

  #piece(): Effect.Effect<Uint8Array> | null {
    this.#unread ??= this.#peeked.take()
    if (this.#unread.length === 0) return null
    const piece = this.#unread.subarray(0, pieceSize)
    // An empty part of the peeked bytes would keep all of their memory until the end of the load.
    this.#unread = piece.length < this.#unread.length ? this.#unread.subarray(piece.length) : noBytes
    return Effect.succeed(piece)
  }
}
