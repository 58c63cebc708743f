import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import type { ScanState } from "../record/ScanState.ts"
import * as memory from "./vector/assembly/memory.ts"
import { loadInput, vectorModule } from "./vector/VectorScan.ts"

/** For fewer bytes, a loop is as fast as SIMD. */
const vectorFrom = 128

/** Number of bytes in the chunk that are a LF or follow a CR. */
const countLineStarts = (chunk: Uint8Array, previous: number): number => {
  let count = 0
  const module = chunk.length < vectorFrom ? null : vectorModule()
  if (module === null) {
    let last = previous
    for (const byte of chunk) {
      if (byte === lineFeed || last === carriageReturn) count++
      last = byte
    }
    return count
  }
  for (let from = 0; from < chunk.length; from += memory.inputSize) {
    const to = Math.min(chunk.length, from + memory.inputSize)
    loadInput(module, chunk, from, to, previous)
    count += module.countLineStarts(memory.input + to - from)
  }
  return count
}

/**
 * Counts the physical lines of a file by its bytes alone, to check the sum of all kinds of lines. A line ends with a LF,
 * or before the byte after a CR: so that a CRLF, which a chunk may cut, counts once. The SIMD path counts what it scans;
 * this counts the rest.
 */
export class LineCounter {
  readonly #state: ScanState
  #last = lineFeed

  constructor(state: ScanState) {
    this.#state = state
  }

  /** Counts up to `to`, if that has not been done yet. */
  countTo(chunk: Uint8Array, to: number): void {
    const state = this.#state
    const from = state.countedAt
    if (from >= to) return
    state.lineStarts += countLineStarts(chunk.subarray(from, to), from > 0 ? chunk[from - 1]! : this.#last)
    state.countedAt = to
  }

  /** Counts the rest of a chunk. */
  leave(chunk: Uint8Array): void {
    this.countTo(chunk, chunk.length)
    if (chunk.length > 0) this.#last = chunk[chunk.length - 1]!
  }

  /** Lines so far. A final line ending does not start another line. */
  get lines(): number {
    return this.#state.lineStarts + (this.#last === lineFeed ? 0 : 1)
  }
}
