import type { CopyBatch } from "../../Domain/CopySink.ts"
import { type LoadError, loadError } from "../../Domain/LoadError.ts"

/** The server refuses a row soon after it was sent: between the two lie no more batches than this. */
const remembered = 1024

/** Remembers which records one connection's latest rows were, to name the record of a row that is refused. */
export class RowLedger {
  /** Rows sent on this connection. */
  sent = 0
  readonly #batches: Array<{ readonly firstRow: number; readonly firstRecord: number }> = []

  add(batch: CopyBatch): void {
    this.#batches.push({ firstRow: this.sent + 1, firstRecord: batch.firstRecord })
    if (this.#batches.length > remembered) this.#batches.shift()
    this.sent += batch.rows
  }

  /** The error with its row's number, which is the connection's own, replaced by the record's. */
  locate(error: LoadError): LoadError {
    const row = error.place.record
    if (error.code !== "target_rejected" || row === null) return error
    const batch = this.#batches.findLast(({ firstRow }) => firstRow <= row)
    const record = batch === undefined ? null : batch.firstRecord + (row - batch.firstRow)
    return loadError(error.code, error.message, { place: { ...error.place, record }, cause: error.cause })
  }
}
