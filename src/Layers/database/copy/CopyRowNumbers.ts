import { type CopyBatch, recordOfRow } from "../../../Domain/load/CopyBatch.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"

/** The server reports a bad row soon after it was sent: fewer batches than this are sent in between. */
const keptBatches = 1024
/** Bounds the memory, because a batch can have any number of rejects. */
const keptRejects = 65_536

interface BatchNumbers {
  /** Number of the batch's first row in its COPY, from 1. */
  readonly firstRow: number
  readonly firstRecord: number
  /** Record numbers of the batch's rejects, ascending. */
  readonly rejected: ReadonlyArray<number>
}

/** Maps row numbers of one COPY to record numbers of the file, for the rows sent most recently. */
export class CopyRowNumbers {
  /** Rows sent in this COPY. */
  sent = 0
  readonly #batches: Array<BatchNumbers> = []
  #rejects = 0

  add({ firstRecord, rejects, rows }: CopyBatch): void {
    const rejected = rejects.map(({ record }) => record)
    this.#batches.push({ firstRow: this.sent + 1, firstRecord, rejected })
    this.#rejects += rejected.length
    while (this.#batches.length > keptBatches || (this.#rejects > keptRejects && this.#batches.length > 1))
      this.#rejects -= this.#batches.shift()!.rejected.length
    this.sent += rows
  }

  /** Replaces the COPY's row number in an error with the record number; `null` if the row is too long ago. */
  locate(error: LoadError): LoadError {
    const row = error.place.record
    if (error.code !== "target_rejected" || row === null) return error
    const record = this.#recordOf(row)
    return loadError(error.code, error.message, { place: { ...error.place, record }, cause: error.cause })
  }

  #recordOf(row: number): number | null {
    const batch = this.#batches.findLast(({ firstRow }) => firstRow <= row)
    return batch === undefined ? null : recordOfRow(batch.firstRecord, row - batch.firstRow, batch.rejected)
  }
}
