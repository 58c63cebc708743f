import type { CopyBatch } from "../../../Domain/load/CopyBatch.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"

/** The server refuses a row soon after it was sent: between the two lie no more batches than this. */
const remembered = 1024
/** Nor so many records that were set aside. */
const rememberedRejects = 65_536

interface Entry {
  /** Number of the batch's first row in its COPY, from 1. */
  readonly firstRow: number
  readonly firstRecord: number
  /** Numbers of the records between its rows that are not rows, ascending. */
  readonly rejected: ReadonlyArray<number>
}

const none: ReadonlyArray<number> = []

/** Remembers which records one COPY's latest rows were, to name the record of a row that is refused. */
export class RowLedger {
  /** Rows sent in this COPY. */
  sent = 0
  readonly #entries: Array<Entry> = []
  #rejects = 0

  add({ firstRecord, rejects, rows }: CopyBatch): void {
    const rejected = rejects.length === 0 ? none : rejects.map(({ record }) => record)
    this.#entries.push({ firstRow: this.sent + 1, firstRecord, rejected })
    this.#rejects += rejected.length
    while (
      this.#entries.length > remembered ||
      (this.#rejects > rememberedRejects && this.#entries.length > 1)
    )
      this.#rejects -= this.#entries.shift()!.rejected.length
    this.sent += rows
  }

  /** The error with its row's number, which is its COPY's own, replaced by the record's. */
  locate(error: LoadError): LoadError {
    const row = error.place.record
    if (error.code !== "target_rejected" || row === null) return error
    const record = this.#recordOf(row)
    return loadError(error.code, error.message, { place: { ...error.place, record }, cause: error.cause })
  }

  #recordOf(row: number): number | null {
    const entry = this.#entries.findLast(({ firstRow }) => firstRow <= row)
    if (entry === undefined) return null
    let record = entry.firstRecord + (row - entry.firstRow)
    for (const rejected of entry.rejected) {
      if (rejected > record) break
      record++
    }
    return record
  }
}
