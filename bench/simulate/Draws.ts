import { Random } from "../files/Random.ts"

const range = 2 ** 32
/** Numbers to discard, because xorshift's first ones resemble a small seed. */
const discarded = 16

/** Random numbers of several distributions. The same seed gives the same numbers. */
export class Draws {
  readonly #random: Random

  constructor(seed: number) {
    // The state must not be 0. An odd factor gives nearby seeds different states.
    this.#random = new Random(Math.imul(seed, 0x9e3779b1) | 1)
    for (let n = 0; n < discarded; n++) this.#random.below(range)
  }

  /** Between 0 and 1, both exclusive. */
  uniform(): number {
    return (this.#random.below(range) + 0.5) / range
  }

  exponential(mean: number): number {
    return -mean * Math.log(this.uniform())
  }

  /** @param sigma standard deviation of the logarithm */
  logNormal(mean: number, sigma: number): number {
    const normal = Math.sqrt(-2 * Math.log(this.uniform())) * Math.cos(2 * Math.PI * this.uniform())
    return mean * Math.exp(sigma * normal - (sigma * sigma) / 2)
  }

  pick<A>(choices: ReadonlyArray<A>): A {
    return choices[this.#random.below(choices.length)]!
  }

  /** The index of one of the weights, with a probability proportional to it. `cumulative` are their sums from the first on. */
  index(cumulative: ReadonlyArray<number>): number {
    const wanted = this.uniform() * cumulative.at(-1)!
    let low = 0
    let high = cumulative.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (cumulative[middle]! < wanted) low = middle + 1
      else high = middle
    }
    return low
  }
}
