import type { OpenedSource } from "../Domain/CsvSource.ts"
import type { Counters } from "../Domain/Progress.ts"

/**
 * Counts what a running attempt has moved. Written by the attempt's stream, chunk by chunk, and read by the
 * heartbeat: plain fields, for both run on one thread.
 */
export class Meter implements Counters {
  bytesTotal: number | null = null
  rowsLoaded = 0
  rowsRejected = 0

  #received: () => number = () => 0

  get bytesReceived(): number {
    return this.#received()
  }

  /** Counts what this source receives from now on. */
  follow(source: Pick<OpenedSource, "bytesTotal" | "bytesReceived">): void {
    this.bytesTotal = source.bytesTotal
    this.#received = source.bytesReceived
  }

  /** The counters as they are now. */
  read(): Counters {
    const { bytesReceived, bytesTotal, rowsLoaded, rowsRejected } = this
    return { bytesReceived, bytesTotal, rowsLoaded, rowsRejected }
  }
}
