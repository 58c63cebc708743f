import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import type { Reject } from "../../Domain/load/Reject.ts"
import { fieldHead, nullLength, rowHead } from "./CopyBinary.ts"
import { noBytes } from "../../Bytes/noBytes.ts"

/**
 * More spare buffers than a sink keeps in flight are of no use; over several connections these are a dozen, and
 * they come back in bursts.
 */
const mostSpare = 16

/**
 * Output under construction: whole rows, and behind them the beginning of the next. Its owner writes straight
 * into `bytes`, and numbers through `view`, within the room it has reserved.
 *
 * Buffers go round: one that was handed over comes back by the batch's `release` and is written anew. Fresh
 * ones would be garbage as fast as the file is read, and the collector would take a fifth of the worker's
 * time.
 */
export class CopyBuffer {
  bytes: Uint8Array<ArrayBuffer>
  view: DataView<ArrayBuffer>
  /** End of what has been written. */
  written = 0
  /** End of the whole rows, and their number. */
  rowsEnd = 0
  rows = 0
  /** Start of the field under construction: where its length will be. */
  fieldAt = 0
  /** End of what is kept of a record with too many fields. */
  keptEnd = 0
  readonly #spare: Array<Uint8Array<ArrayBuffer>> = []

  constructor(size: number) {
    this.bytes = new Uint8Array(size)
    this.view = new DataView(this.bytes.buffer)
  }

  /** Makes room for so many bytes more. Grows by doubling, so that a long record costs linear time. */
  reserve(room: number): void {
    const needed = this.written + room
    if (needed <= this.bytes.length) return
    this.#use(new Uint8Array(Math.max(needed, 2 * this.bytes.length)), 0)
  }

  /** Begins a row anew, behind the whole ones. There must be room for its head and that of its first field. */
  beginRow(columns: number): void {
    this.view.setInt16(this.rowsEnd, columns)
    this.fieldAt = this.rowsEnd + rowHead
    this.written = this.fieldAt + fieldHead
  }

  /** Adds fields that are NULL behind the last one. */
  appendNulls(count: number): void {
    this.reserve((count + 1) * fieldHead + rowHead)
    for (let n = 0; n < count; n++) {
      this.view.setInt32(this.written, nullLength)
      this.written += fieldHead
    }
  }

  /** The row under construction is whole, and ends here. */
  endRow(end: number): void {
    this.rowsEnd = end
    this.rows++
  }

  /**
   * Hands over the whole rows and keeps the rest, in another buffer; `null` when there is nothing to hand over.
   *
   * @param firstRecord number of the first record of all, rows and rejects
   */
  take(firstRecord: number, rejects: ReadonlyArray<Reject>): CopyBatch | null {
    if (this.rows === 0)
      return rejects.length === 0
        ? null
        : { bytes: noBytes, rows: 0, firstRecord, rejects, release: () => undefined }
    const full = this.bytes
    const batch = {
      bytes: full.subarray(0, this.rowsEnd),
      rows: this.rows,
      firstRecord,
      rejects,
      release: () => {
        if (this.#spare.length < mostSpare) this.#spare.push(full)
      },
    }
    this.#use(this.#spareOf(full.length), this.rowsEnd)
    this.written -= this.rowsEnd
    this.fieldAt -= this.rowsEnd
    this.keptEnd -= this.rowsEnd
    this.rowsEnd = 0
    this.rows = 0
    return batch
  }

  /** A buffer of at least this size; smaller ones, from before the buffers grew, are let go. */
  #spareOf(size: number): Uint8Array<ArrayBuffer> {
    for (let spare = this.#spare.pop(); spare !== undefined; spare = this.#spare.pop())
      if (spare.length >= size) return spare
    return new Uint8Array(size)
  }

  /** Goes on in another buffer, with what was written from `from` on. */
  #use(other: Uint8Array<ArrayBuffer>, from: number): void {
    other.set(this.bytes.subarray(from, this.written))
    this.bytes = other
    this.view = new DataView(other.buffer)
  }
}
