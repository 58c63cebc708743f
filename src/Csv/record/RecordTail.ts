/** The bytes of a record that is not complete, kept from chunk to chunk. */
export class RecordTail {
  #bytes = new Uint8Array(0)
  #length = 0

  get length(): number {
    return this.#length
  }

  clear(): void {
    this.#length = 0
  }

  /** Adds a copy. Grows by doubling, so that a long record costs linear time. */
  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length
    if (length > this.#bytes.length) {
      const longer = new Uint8Array(Math.max(length, 2 * this.#bytes.length))
      longer.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = longer
    }
    this.#bytes.set(bytes, this.#length)
    this.#length = length
  }

  /** What is kept, and then `more`; keeps nothing any longer. */
  take(more: Uint8Array): Uint8Array {
    this.append(more)
    const all = this.#bytes.subarray(0, this.#length)
    this.#bytes = new Uint8Array(0)
    this.#length = 0
    return all
  }
}
