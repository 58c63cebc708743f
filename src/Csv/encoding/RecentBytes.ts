const firstCapacity = 4096

/**
 * Copies of the latest parts of a text, in memory that is used again and again. Keeping the parts themselves would cost more: they
 * would grow old, and only a full garbage collection frees what is old.
 */
export class RecentBytes {
  #memory = new Uint8Array(firstCapacity)
  /** Parts are at their positions modulo the size of the memory. Those before `#start` are lost. */
  #start = 0
  #end = 0
  readonly #capacity: number

  /** @param capacity in bytes, a power of two: all parts are kept whose total, with two of the longest, is not above it */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Returns the position of the copy. */
  append(bytes: Uint8Array): number {
    const { length } = bytes
    while (this.#end + length > this.#memory.length && this.#grow(length));
    if (this.#endInMemory + length > this.#memory.length) this.#end += this.#memory.length - this.#endInMemory
    const position = this.#end
    this.#memory.set(bytes, this.#endInMemory)
    this.#end += length
    this.#start = Math.max(this.#start, this.#end - this.#memory.length)
    return position
  }

  /** The part with this position and length, valid until the next `append`; `null` if it is lost. */
  find(position: number, length: number): Uint8Array | null {
    if (position < this.#start) return null
    const from = position % this.#memory.length
    return this.#memory.subarray(from, from + length)
  }

  get #endInMemory(): number {
    return this.#end % this.#memory.length
  }

  /** Doubles the memory, unless it is large enough. Positions stay where they are until the memory is used again. */
  #grow(length: number): boolean {
    const { length: size } = this.#memory
    if (size >= this.#capacity && length <= size) return false
    const larger = new Uint8Array(2 * size)
    if (this.#end <= size) larger.set(this.#memory)
    else this.#start = this.#end
    this.#memory = larger
    return true
  }
}
