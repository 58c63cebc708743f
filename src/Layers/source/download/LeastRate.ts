import * as Context from "effect/Context"
import * as Duration from "effect/Duration"

/** The time over which the rate of a download is averaged. Only waiting for the source counts. */
export const RateWindow = Context.Reference<Duration.Duration>("sluice/Layers/source/RateWindow", {
  defaultValue: () => Duration.seconds(60),
})

/** Silence before a broken connection is an outage, so it counts over a longer time. */
const brokenWindows = 5

/** Measures whether a download is slower than the least rate. */
export class LeastRate {
  readonly #bytesPerSecond: number
  readonly #windowMillis: number
  #waitedMillis = 0
  #bytes = 0
  #lostMillis = 0

  constructor(bytesPerSecond: number, window: Duration.Duration) {
    this.#bytesPerSecond = bytesPerSecond
    this.#windowMillis = Duration.toMillis(window)
  }

  /**
   * Counts one wait for the source, and the bytes that it brought. Returns the bytes per second of a window that has just
   * ended if they are too few, otherwise `null`.
   */
  tooSlow(waitedMillis: number, bytes: number): number | null {
    this.#waitedMillis += waitedMillis
    this.#bytes += bytes
    if (this.#waitedMillis < this.#windowMillis) return null
    const rate = (this.#bytes / this.#waitedMillis) * 1000
    this.#waitedMillis = 0
    this.#bytes = 0
    return rate < this.#bytesPerSecond ? rate : null
  }

  /**
   * Counts one wait that ended with the connection. Returns the bytes per second of such waits if they are too few,
   * otherwise `null`.
   *
   * @param received bytes of the whole download
   */
  tooBroken(waitedMillis: number, received: number): number | null {
    this.#lostMillis += waitedMillis
    if (this.#lostMillis < brokenWindows * this.#windowMillis) return null
    const rate = (received / this.#lostMillis) * 1000
    return rate < this.#bytesPerSecond ? rate : null
  }
}
