import type { Counters } from "../Domain/Progress.ts"

/**
 * Counts what a running attempt has moved. Written by the attempt's stream, chunk by chunk, and read by the
 * heartbeat: plain fields, for both run on one thread.
 */
export class Meter implements Counters {
  bytesReceived = 0
  bytesTotal: number | null = null
  rowsLoaded = 0
  rowsRejected = 0

  /** The counters as they are now. */
  read(): Counters {
    const { bytesReceived, bytesTotal, rowsLoaded, rowsRejected } = this
    return { bytesReceived, bytesTotal, rowsLoaded, rowsRejected }
  }
}
