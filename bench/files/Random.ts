/** A deterministic random generator (xorshift32, Marsaglia 2003): a seed gives the same file on every machine. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** An integer in `[0, bound)`. */
  below(bound: number): number {
    let x = this.#state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x
    return (x >>> 0) % bound
  }

  pick(words: ReadonlyArray<string>): string {
    return words[this.below(words.length)]!
  }
}
