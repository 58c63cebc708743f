import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import * as memory from "./vector/assembly/memory.ts"
import { vectorModule } from "./vector/VectorScan.ts"

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
    module.bytes[memory.input - 1] = from === 0 ? previous : chunk[from - 1]!
    module.bytes.set(chunk.subarray(from, to), memory.input)
    count += module.countLineStarts(memory.input + to - from)
  }
  return count
}

/**
 * Counts the physical lines of a file by its bytes alone, to check the sum of all kinds of lines. A line ends with a LF,
 * or before the byte after a CR: so that a CRLF, which a chunk may cut, counts once.
 */
export class LineCounter {
  #ended = 0
  #last = lineFeed

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#ended += countLineStarts(chunk, this.#last)
    this.#last = chunk[chunk.length - 1]!
  }

  /** Lines so far. A final line ending does not start another line. */
  get lines(): number {
    return this.#ended + (this.#last === lineFeed ? 0 : 1)
  }
}
