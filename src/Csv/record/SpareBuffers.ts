/** A sink with several connections has about a dozen batches in flight and releases them in bursts. */
const maxSpares = 16

/**
 * Buffers that are used again. Allocating one per batch would cost a fifth of the worker's time in garbage collection.
 */
export class SpareBuffers {
  readonly #spare: Array<Uint8Array<ArrayBuffer>> = []

  /** A buffer of at least this size. Drops smaller ones, which are from before the batches grew. */
  take(size: number): Uint8Array<ArrayBuffer> {
    for (let spare = this.#spare.pop(); spare !== undefined; spare = this.#spare.pop())
      if (spare.length >= size) return spare
    return new Uint8Array(size)
  }

  /** Takes a buffer back. */
  release(buffer: Uint8Array<ArrayBuffer>): void {
    if (this.#spare.length < maxSpares) this.#spare.push(buffer)
  }
}
