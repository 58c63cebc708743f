import { noBytes } from "./noBytes.ts"

/** Collects bytes. Doubles its memory when it is full, so appending takes linear time in total. */
export class GrowingBytes {
  #memory: Uint8Array = noBytes
  #length = 0

  get length(): number {
    return this.#length
  }

  /** The collected bytes. Valid until the next `append` after a `clear`. */
  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#length)
  }

  /** Appends a copy. */
  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length
    if (length > this.#memory.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#memory.length))
      larger.set(this.bytes)
      this.#memory = larger
    }
    this.#memory.set(bytes, this.#length)
    this.#length = length
  }

  /** Forgets the bytes and keeps the memory. */
  clear(): void {
    this.#length = 0
  }

  /** Returns the bytes and forgets them. The memory now belongs to the caller. */
  take(): Uint8Array {
    const taken = this.bytes
    this.#memory = noBytes
    this.#length = 0
    return taken
  }
}
