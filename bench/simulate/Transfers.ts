import { Heap } from "./Heap.ts"

/** The running loads whose sources send at the same rate. All of them progress equally fast. */
interface RateClass {
  readonly rate: number
  /** Bytes per second of each of its loads now. */
  current: number
  /** Bytes that a load would have received that had been in this class from the beginning. */
  progress: number
  /** The loads, by the progress at which they end. */
  readonly loads: Heap<{ readonly index: number; readonly endsAt: number }>
}

/** Seconds until the first of its loads ends. */
const secondsLeft = ({ current, loads, progress }: RateClass): number =>
  ((loads.peek()?.endsAt ?? Infinity) - progress) / current

/**
 * Loads that run at the same time. Each is as fast as its source, as long as the database keeps up with all of them. If it does
 * not, they share it equally, and loads slower than their share keep their rate (max-min fairness).
 */
export class Transfers {
  /** By rate, slowest first. */
  readonly #classes: Array<RateClass> = []
  readonly #capacity: number

  /** @param capacity bytes per second that the database takes */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Bytes per second of all loads now. */
  rate(): number {
    return this.#classes.reduce((sum, { current, loads }) => sum + current * loads.size, 0)
  }

  start(index: number, bytes: number, rate: number): void {
    let found = this.#classes.find((each) => each.rate === rate)
    if (found === undefined) {
      found = { rate, current: rate, progress: 0, loads: new Heap(({ endsAt }) => endsAt) }
      this.#classes.push(found)
      this.#classes.sort((one, other) => one.rate - other.rate)
    }
    found.loads.push({ index, endsAt: found.progress + bytes })
    this.#share()
  }

  /** Seconds until the next load ends. */
  untilNext(): number {
    return this.#classes.reduce((least, each) => Math.min(least, secondsLeft(each)), Infinity)
  }

  advance(seconds: number): void {
    for (const each of this.#classes) each.progress += each.current * seconds
  }

  /** Ends the load that `untilNext` was computed for, and returns its index. */
  end(): number {
    const next = this.#classes.reduce((first, each) =>
      secondsLeft(each) < secondsLeft(first) ? each : first,
    )
    const { endsAt, index } = next.loads.pop()!
    // Without the rounding errors of many steps.
    next.progress = endsAt
    this.#share()
    return index
  }

  #share(): void {
    let capacity = this.#capacity
    let loads = this.#classes.reduce((sum, each) => sum + each.loads.size, 0)
    for (const each of this.#classes) {
      each.current = Math.min(each.rate, capacity / Math.max(1, loads))
      capacity -= each.current * each.loads.size
      loads -= each.loads.size
    }
  }
}
