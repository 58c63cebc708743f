import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import type { Reject } from "../../Domain/load/Reject.ts"
import type { SkippedLine } from "../../Domain/load/SkippedLine.ts"
import { fieldHead, nullLength, rowHead } from "./CopyBinary.ts"
import { releaseBuffer, releaseOnce, takeBuffer } from "./SpareBuffers.ts"
import { noBytes } from "../../Bytes/noBytes.ts"
import type { CleanRows } from "./text/CleanRows.ts"

/** Bytes of an incomplete row that are kept without a shared buffer. */
const restSize = 4096

/**
 * Output buffer: complete rows, then the start of the next row. The scanner writes directly into `bytes` and `view`,
 * within the space it has reserved.
 *
 * Buffers are reused: a batch's `release` returns its buffer. After a batch, only the incomplete row is kept until there are more
 * bytes.
 */
export class CopyBuffer {
  readonly #rest = new Uint8Array(restSize)
  bytes: Uint8Array<ArrayBuffer> = this.#rest
  view = new DataView(this.bytes.buffer)
  /** End of the written bytes. */
  written = 0
  /** End of the complete rows, and their number. */
  rowsEnd = 0
  rows = 0
  /** Start of the current field, where its length will be written. */
  fieldAt = 0
  /** End of the kept fields of a record with too many. */
  keptEnd = 0
  /** Rows that are not in the buffer, between those that are; `null` if all are. */
  clean: CleanRows | null = null

  /** Makes space for more bytes. Doubles the buffer, so a long record takes linear time. */
  reserve(size: number): void {
    const needed = this.written + size
    if (needed <= this.bytes.length) return
    const outgrown = this.bytes
    this.#use(takeBuffer(needed), 0)
    if (outgrown !== this.#rest) releaseBuffer(outgrown)
  }

  /** Starts a row after the complete ones, discarding an incomplete one. Needs space for its first two heads. */
  beginRow(columns: number): void {
    this.view.setInt16(this.rowsEnd, columns)
    this.fieldAt = this.rowsEnd + rowHead
    this.written = this.fieldAt + fieldHead
  }

  /** Appends NULL fields. */
  appendNulls(count: number): void {
    this.reserve((count + 1) * fieldHead + rowHead)
    for (let n = 0; n < count; n++) {
      this.view.setInt32(this.written, nullLength)
      this.written += fieldHead
    }
  }

  /** Completes the current row. */
  endRow(end: number): void {
    this.rowsEnd = end
    this.rows++
  }

  /** Adds rows of one empty field with this length: 0, or -1 for NULL. There must be no incomplete row. */
  addEmptyRows(count: number, length: number): void {
    this.reserve(count * (rowHead + fieldHead))
    for (let n = 0; n < count; n++) {
      this.beginRow(1)
      this.view.setInt32(this.fieldAt, length)
      this.endRow(this.written)
    }
    this.beginRow(1)
  }

  /** Adds rows that stay where they are. There must be no incomplete row. */
  passRows(clean: CleanRows, bytes: Uint8Array, count: number): void {
    clean.pass(bytes, this.rowsEnd)
    this.rows += count
  }

  /** Drops the last rows, from this end of the others on, and the incomplete row. */
  dropRows(count: number, rowsEnd: number): void {
    this.rows -= count
    this.rowsEnd = rowsEnd
    this.written = rowsEnd
  }

  /**
   * Returns the complete rows as a batch and moves the rest to another buffer; `null` if there are no rows, rejects or
   * skipped lines.
   *
   * @param firstRecord number of the batch's first record
   */
  take(
    firstRecord: number,
    rejects: ReadonlyArray<Reject>,
    skipped: ReadonlyArray<SkippedLine>,
  ): CopyBatch | null {
    if (this.rows === 0)
      return rejects.length + skipped.length === 0
        ? null
        : { bytes: noBytes, rows: 0, firstRecord, rejects, skipped, release: () => undefined }
    const full = this.bytes
    const written = full.subarray(0, this.rowsEnd)
    const taken = this.clean?.take(written) ?? null
    const isLent = taken === null && full !== this.#rest
    const batch = {
      ...(taken ?? { bytes: isLent ? written : written.slice() }),
      rows: this.rows,
      firstRecord,
      rejects,
      skipped,
      release: isLent ? releaseOnce(full) : () => undefined,
    }
    this.#keepRest()
    if (!isLent && full !== this.#rest) releaseBuffer(full)
    this.written -= this.rowsEnd
    this.fieldAt -= this.rowsEnd
    this.keptEnd -= this.rowsEnd
    this.rowsEnd = 0
    this.rows = 0
    return batch
  }

  /** Moves the incomplete row to the beginning of the own memory, or of another buffer if it is long. */
  #keepRest(): void {
    const length = this.written - this.rowsEnd
    if (this.bytes === this.#rest) this.bytes.copyWithin(0, this.rowsEnd, this.written)
    else
      this.#use(length + rowHead + fieldHead <= restSize ? this.#rest : takeBuffer(2 * length), this.rowsEnd)
  }

  /** Switches to another buffer and copies the bytes from `from` on. */
  #use(other: Uint8Array<ArrayBuffer>, from: number): void {
    other.set(this.bytes.subarray(from, this.written))
    this.bytes = other
    this.view = new DataView(other.buffer)
  }
}
