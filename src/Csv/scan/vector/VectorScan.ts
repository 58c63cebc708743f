import { instantiate } from "../../../Bytes/instantiate.ts"
import type { CopyBuffer } from "../../record/CopyBuffer.ts"
import { fieldHead, nullLength } from "../../record/CopyBinary.ts"
import { Kind, type ScanRules } from "../../record/ScanRules.ts"
import type { ScanState, State } from "../../record/ScanState.ts"
import * as memory from "./assembly/memory.ts"
import { compiled } from "./Compiled.ts"

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly textEnd: (end: number) => number
  readonly scan: (to: number) => number
  readonly cleanEnd: (to: number) => number
  readonly countLineStarts: (to: number) => number
}

/** The module of ./assembly, and views of its memory. They stay valid because the memory never grows. */
export interface VectorModule extends Omit<Exports, "memory"> {
  readonly bytes: Uint8Array
  readonly numbers: Int32Array
}

const makeModule = (): VectorModule | null => {
  const exports = instantiate<Exports>(compiled)
  if (exports === null) return null
  const { memory, ...functions } = exports
  return {
    ...functions,
    bytes: new Uint8Array(memory.buffer),
    numbers: new Int32Array(memory.buffer),
  }
}

let instance: VectorModule | null | undefined

/** The instance of this thread; `null` if WebAssembly or SIMD is not supported. */
export const vectorModule = (): VectorModule | null => {
  if (instance === undefined) instance = makeModule()
  return instance
}

/**
 * Copies `chunk[from, to)` to the input area.
 *
 * @param previous the byte before the chunk
 */
export const loadInput = (
  { bytes }: VectorModule,
  chunk: Uint8Array,
  from: number,
  to: number,
  previous: number,
): void => {
  bytes[memory.input - 1] = from > 0 ? chunk[from - 1]! : previous
  bytes.set(chunk.subarray(from, to), memory.input)
}

/** Limit of offsets that are passed to the module, which uses 32-bit integers. */
const maxDistance = 2 ** 30

/**
 * Scans 64 bytes at a time with SIMD, in WebAssembly (./assembly/scan.ts). It handles fields, quotes, line ends and valid
 * UTF-8 in tables of two or more columns, and stops at anything else. docs/decisions/0012-simd-scanner.md has the reasons and figures.
 *
 * All scanners share one module and its memory of half a megabyte, which holds nothing between calls.
 */
export class VectorScan {
  readonly #module: VectorModule
  readonly #settings: ReadonlyArray<readonly [address: number, value: number]>
  /** Rows of the last call, and up to which of them a stray quote may have swallowed lines. */
  rows = 0
  suspectRows = 0

  /** `null` if the dialect has rare features, or the processor does not support SIMD. */
  static make(rules: ScanRules, maxRecordSize: number): VectorScan | null {
    const { delimiter, escape, extras, quote, unquoted } = rules
    const isSupported =
      delimiter !== -1 &&
      quote !== -1 &&
      escape === quote &&
      extras === null &&
      unquoted.includes(Kind.carriageReturn)
    const module = isSupported ? vectorModule() : null
    return module === null ? null : new VectorScan(module, rules, maxRecordSize)
  }

  private constructor(module: VectorModule, rules: ScanRules, maxRecordSize: number) {
    this.#module = module
    this.#settings = [
      [memory.delimiter, rules.delimiter],
      [memory.quote, rules.quote],
      [memory.maxRecordSize, Math.min(maxRecordSize, 2 ** 31 - 1)],
      [memory.unquotedEmpty, rules.isUnquotedEmptyNull ? nullLength : 0],
      [memory.quotedEmpty, rules.isQuotedEmptyNull ? nullLength : 0],
    ]
  }

  /** Scans `chunk[from, to)`, at most `memory.inputSize` bytes. Returns the index where it stopped. */
  advance(chunk: Uint8Array, from: number, to: number, state: ScanState, buffer: CopyBuffer): number {
    this.rows = 0
    this.suspectRows = 0
    const isSupported =
      state.columns > 1 &&
      state.column <= state.columns &&
      state.lacking === 0 &&
      from - state.recordAt < maxDistance &&
      buffer.written - buffer.fieldAt < maxDistance
    if (!isSupported) return from
    const { numbers, scan, textEnd } = this.#module

    loadInput(this.#module, chunk, from, to, state.previous)
    const end = textEnd(memory.input + to - from)
    if (end === memory.input) return from
    if (numbers[memory.beyondAscii >> 2] !== 0) state.isAscii = false

    const toMemory = memory.input - from
    const toOutput = memory.output - buffer.written
    for (const [address, value] of this.#settings) numbers[address >> 2] = value
    numbers[memory.columns >> 2] = state.columns
    numbers[memory.state >> 2] = state.state
    numbers[memory.column >> 2] = state.column
    numbers[memory.line >> 2] = 0
    numbers[memory.recordAt >> 2] = state.recordAt + toMemory
    numbers[memory.recordLine >> 2] = state.recordLine - state.line
    numbers[memory.quoteAt >> 2] = 0
    numbers[memory.fieldAt >> 2] = buffer.fieldAt + toOutput

    const stopped = scan(end) - toMemory

    state.state = numbers[memory.state >> 2] as State
    state.column = numbers[memory.column >> 2]!
    state.recordAt = numbers[memory.recordAt >> 2]! - toMemory
    state.passLines(
      state.line + numbers[memory.recordLine >> 2]!,
      numbers[memory.blankLines >> 2]!,
      numbers[memory.rows >> 2] === 0 ? null : numbers[memory.lastBlankLines >> 2]!,
    )
    if (numbers[memory.quoteAt >> 2] !== 0) {
      state.quoteAt = numbers[memory.quoteAt >> 2]! - toMemory
      state.quoteLine = state.line + numbers[memory.quoteLine >> 2]!
    }
    state.line += numbers[memory.line >> 2]!
    if (from === state.countedAt) {
      state.lineStarts += numbers[memory.lineStarts >> 2]!
      state.countedAt = stopped
    }

    this.#append(buffer, toOutput)
    return stopped
  }

  /** Copies complete rows and the incomplete one, and sets the length of a field that started before this call. */
  #append(buffer: CopyBuffer, toOutput: number): void {
    const { bytes, numbers } = this.#module
    const end = numbers[memory.written >> 2]!
    buffer.reserve(end - memory.output)
    buffer.bytes.set(bytes.subarray(memory.output, end), buffer.written)
    const fieldAt = numbers[memory.fieldAt >> 2]! - toOutput
    if (fieldAt !== buffer.fieldAt)
      buffer.bytes.set(bytes.subarray(memory.begunLength, memory.begunLength + fieldHead), buffer.fieldAt)
    buffer.fieldAt = fieldAt
    buffer.written = end - toOutput
    const rows = numbers[memory.rows >> 2]!
    this.rows = rows
    this.suspectRows = numbers[memory.suspects >> 2] !== 0 ? rows : numbers[memory.isFirstSuspect >> 2]!
    buffer.rows += rows
    if (rows > 0) buffer.rowsEnd = numbers[memory.rowsEnd >> 2]! - toOutput
  }
}
