import type { CopyBuffer } from "../record/CopyBuffer.ts"
import type { ScanRules } from "../record/ScanRules.ts"
import type { ScanState } from "../record/ScanState.ts"
import { ByteScan, type ByteScanOptions, type Stop } from "./ByteScan.ts"
import type { LineCounter } from "./LineCounter.ts"
import { inputSize } from "./vector/assembly/memory.ts"
import { VectorScan } from "./vector/VectorScan.ts"

/** Input bytes of one step of the byte loop, for which it reserves the largest output they could need. */
const byteStride = 16 * 1024

/**
 * Input bytes of one step of the SIMD path. The stride is short after a reject and doubles from there, because the work
 * done past the next reject is thrown away.
 */
const longStride = inputSize
const shortStride = 512

/** The byte loop is as fast for fewer bytes than this. */
const defaultVectorFrom = 128

export interface StrideScanOptions extends ByteScanOptions {
  readonly counter: LineCounter
  /** Bytes from which the SIMD path is used; `Infinity`: never. */
  readonly vectorFrom?: number | undefined
}

/** Scans a chunk in steps, with SIMD where it helps, else with the byte loop. */
export class StrideScan {
  readonly #byteScan: ByteScan
  readonly #vectorScan: VectorScan | null
  readonly #vectorFrom: number
  readonly #counter: LineCounter
  #stride = longStride
  /** Up to which of the rows of the last step a stray quote may have swallowed lines. */
  suspectRows = Infinity

  constructor(rules: ScanRules, options: StrideScanOptions) {
    this.#byteScan = new ByteScan(rules, options)
    this.#vectorScan = VectorScan.make(rules, options.maxRecordSize)
    this.#counter = options.counter
    this.#vectorFrom = options.vectorFrom ?? defaultVectorFrom
  }

  /** Scans the next bytes of the chunk up to `to`. The header, and tables of one column, are left to the byte loop. */
  advance(chunk: Uint8Array, to: number, state: ScanState, buffer: CopyBuffer): Stop | null {
    const left = to - state.at
    const vector = state.columns <= 1 || left < this.#vectorFrom ? null : this.#vectorScan
    this.suspectRows = Infinity
    if (vector === null)
      return this.#byteScan.advance(chunk, state.at, state.at + Math.min(left, byteStride), state, buffer)
    const stop = this.#advanceVector(vector, chunk, state.at + Math.min(left, this.#stride), state, buffer)
    if (stop === null) this.#stride = Math.min(2 * this.#stride, longStride)
    return stop
  }

  /** Shortens the next steps of the SIMD path. */
  afterReject(): void {
    this.#stride = shortStride
  }

  /** The byte loop completes a UTF-8 sequence that was cut, and handles everything that the SIMD path stops at. */
  #advanceVector(
    vector: VectorScan,
    chunk: Uint8Array,
    to: number,
    state: ScanState,
    buffer: CopyBuffer,
  ): Stop | null {
    const { rows } = buffer
    const from = Math.min(to, state.at + state.lacking)
    const stop = from > state.at ? this.#byteScan.advance(chunk, state.at, from, state, buffer) : null
    if (stop !== null) return stop
    this.#counter.countTo(chunk, from)
    const at = vector.advance(chunk, from, to, state, buffer)
    const last = this.#byteScan.advance(chunk, at, to, state, buffer)
    // The byte loop does not look for them.
    if (buffer.rows === rows + vector.rows) this.suspectRows = vector.suspectRows
    return last
  }
}
