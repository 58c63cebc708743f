/** Counts of hashed keys. Two keys with the same hash share a count, which is rare and harmless in an estimate. */
export class Counts {
  readonly #keys: Int32Array
  readonly #counts: Int32Array
  readonly #mask: number

  /** @param size the largest number of different keys */
  constructor(size: number) {
    let capacity = 64
    while (capacity < 2 * size) capacity *= 2
    this.#keys = new Int32Array(capacity)
    this.#counts = new Int32Array(capacity)
    this.#mask = capacity - 1
  }

  clear(): void {
    this.#counts.fill(0)
  }

  get(key: number): number {
    return this.#counts[this.#find(key)]!
  }

  /** Adds one to the count of a key, and returns the count before. */
  add(key: number): number {
    const at = this.#find(key)
    this.#keys[at] = key
    return this.#counts[at]!++
  }

  #find(key: number): number {
    let at = (key ^ (key >>> 15)) & this.#mask
    while (this.#counts[at] !== 0 && this.#keys[at] !== key) at = (at + 1) & this.#mask
    return at
  }
}
