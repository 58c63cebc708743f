import { lineFeed } from "../../Bytes/Ascii.ts"
import { GrowingBytes } from "../../Bytes/GrowingBytes.ts"
import { noBytes } from "../../Bytes/noBytes.ts"
import type { ScanState } from "../record/ScanState.ts"
import { LineCounter } from "./LineCounter.ts"

const finalLineFeed = Uint8Array.of(lineFeed)

/** The chunk being scanned, and a copy of the current record's bytes from earlier chunks, in case it becomes a reject. */
export class ScanWindow {
  chunk: Uint8Array = noBytes
  /** Offset of the chunk in the file. */
  offset: number
  /** Whether the last chunk of the file has been pushed. */
  isEnd = false
  readonly #state: ScanState
  readonly counter: LineCounter
  readonly #kept = new GrowingBytes()

  constructor(offset: number, state: ScanState) {
    this.offset = offset
    this.#state = state
    this.counter = new LineCounter(state)
  }

  /** Length of the copied bytes. */
  get kept(): number {
    return this.#kept.length
  }

  get isAtEndOfChunk(): boolean {
    return this.#state.at >= this.chunk.length
  }

  /**
   * The parts of the text between two offsets in the file: from the current record, or one before it in the chunk, to a byte of
   * the chunk. They stay valid.
   */
  textBetween(from: number, to: number): readonly [earlier: Uint8Array, inChunk: Uint8Array] {
    const start = from - this.offset
    const inChunk = this.chunk.subarray(Math.max(0, start), to - this.offset)
    return [start < 0 ? this.#kept.bytes.slice() : noBytes, inChunk]
  }

  /** Leaves the chunk. `keeps`: copies its part of the current record. */
  leaveChunk(keeps: boolean): void {
    const { chunk } = this
    if (chunk.length === 0) return
    const { recordAt } = this.#state
    if (keeps) {
      if (recordAt >= 0) this.#kept.clear()
      this.#kept.append(chunk.subarray(Math.max(0, recordAt)))
    }
    // The final line feed is not part of the file.
    if (chunk !== finalLineFeed) {
      this.offset += chunk.length
      this.counter.leave(chunk)
    }
    this.#state.leave(chunk)
    this.chunk = noBytes
  }

  /** Scans the end of a file without a final line ending as if there were one. */
  appendFinalLineFeed(): void {
    this.chunk = finalLineFeed
    this.#state.countedAt = finalLineFeed.length
  }

  /** Prepends the copied bytes to the chunk, so that the current record is in one piece. */
  joinRecord(): void {
    const { length } = this.#kept
    if (this.#state.recordAt >= 0) return
    if (this.chunk === finalLineFeed) this.#state.countedAt = 0
    else this.#kept.append(this.chunk)
    this.chunk = this.#kept.take()
    this.offset -= length
    this.#state.moveBy(length)
  }

  /** Copies the current record, which starts in the chunk, and waits for more bytes of it. */
  holdRecord(): void {
    const { chunk } = this
    this.#kept.clear()
    this.#kept.append(chunk.subarray(this.#state.recordAt))
    this.counter.leave(chunk)
    this.offset += chunk.length
    this.#state.moveBy(-chunk.length)
    this.#state.at = 0
    this.chunk = noBytes
  }

  /** Adds a chunk to a record that is held. */
  extendRecord(chunk: Uint8Array): void {
    this.#kept.append(chunk)
    this.counter.leave(chunk)
    this.#state.countedAt = 0
    this.offset += chunk.length
    this.#state.recordAt = -this.#kept.length
  }
}
