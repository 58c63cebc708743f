import type { CopyBatch } from "../Domain/CopySink.ts"

/**
 * Output under construction: whole rows, and behind them the beginning of the next. Its owner writes straight
 * into `bytes`, and numbers through `view`, within the room it has reserved.
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

  constructor(size: number) {
    this.bytes = new Uint8Array(size)
    this.view = new DataView(this.bytes.buffer)
  }

  /** Makes room for so many bytes more. Grows by doubling, so that a long record costs linear time. */
  reserve(room: number): void {
    const needed = this.written + room
    if (needed <= this.bytes.length) return
    const larger = new Uint8Array(Math.max(needed, 2 * this.bytes.length))
    larger.set(this.bytes.subarray(0, this.written))
    this.bytes = larger
    this.view = new DataView(larger.buffer)
  }

  /** Hands over a copy of the whole rows and keeps the rest; `null` when there are none. */
  take(): CopyBatch | null {
    if (this.rows === 0) return null
    const batch = { bytes: this.bytes.slice(0, this.rowsEnd), rows: this.rows }
    this.bytes.copyWithin(0, this.rowsEnd, this.written)
    this.written -= this.rowsEnd
    this.fieldAt -= this.rowsEnd
    this.rowsEnd = 0
    this.rows = 0
    return batch
  }
}
