import type { CopyBuffer } from "../../record/CopyBuffer.ts"
import { fieldHead, nullLength } from "../../record/CopyBinary.ts"
import type { Dialect } from "../../record/Dialect.ts"
import { dialectExtras } from "../../record/DialectExtras.ts"
import type { ScanState, State } from "../../record/ScanState.ts"
import * as memory from "./assembly/memory.ts"
import { type VectorModule, vectorModule } from "./VectorModule.ts"

/** Farther back than this no place is told to the module, which counts in 32 bits. */
const farthest = 2 ** 30

/**
 * The scanner's shorter way through ordinary bytes: 64 at a time, in WebAssembly (./assembly/scan.ts). It knows
 * fields, quotes, line ends and well-formed UTF-8, and stops where anything else begins.
 *
 * All scanners share one module and its memory of half a megabyte: nothing stays there between two calls.
 */
export class VectorScan {
  readonly #module: VectorModule
  readonly #settings: ReadonlyArray<readonly [place: number, value: number]>

  /** `null` where the dialect is not one of the ordinary, or the machine's processor has no such vectors. */
  static make(dialect: Dialect, maxRecordSize: number): VectorScan | null {
    const { delimiter, escape, quote, recordEnd } = dialect
    if (delimiter === null || quote === null || escape !== quote || recordEnd !== "any") return null
    if (dialectExtras(dialect) !== null) return null
    const module = vectorModule()
    return module === null ? null : new VectorScan(module, dialect, delimiter, quote, maxRecordSize)
  }

  private constructor(
    module: VectorModule,
    dialect: Dialect,
    delimiter: string,
    quote: string,
    maxRecordSize: number,
  ) {
    this.#module = module
    this.#settings = [
      [memory.delimiter, delimiter.charCodeAt(0)],
      [memory.quote, quote.charCodeAt(0)],
      [memory.maxRecordSize, Math.min(maxRecordSize, 2 ** 31 - 1)],
      [memory.unquotedEmpty, dialect.nulls === "none" ? 0 : nullLength],
      [memory.quotedEmpty, dialect.nulls === "empty" ? nullLength : 0],
    ]
  }

  /** Scans `chunk[from, to)`, at most `memory.inputSize` bytes, and answers where it has stopped. */
  advance(chunk: Uint8Array, from: number, to: number, place: ScanState, buffer: CopyBuffer): number {
    const isOrdinary =
      place.columns > 0 &&
      place.column <= place.columns &&
      place.lacking === 0 &&
      from - place.recordAt < farthest &&
      buffer.written - buffer.fieldAt < farthest
    if (!isOrdinary) return from
    const { bytes, numbers, scan, textEnd } = this.#module

    bytes[memory.input - 1] = from > 0 ? chunk[from - 1]! : place.previous
    bytes.set(chunk.subarray(from, to), memory.input)
    const end = textEnd(memory.input + to - from)
    if (end === memory.input) return from

    const toMemory = memory.input - from
    const toOutput = memory.output - buffer.written
    for (const [at, value] of this.#settings) numbers[at >> 2] = value
    numbers[memory.columns >> 2] = place.columns
    numbers[memory.state >> 2] = place.state
    numbers[memory.column >> 2] = place.column
    numbers[memory.line >> 2] = 0
    numbers[memory.recordAt >> 2] = place.recordAt + toMemory
    numbers[memory.recordLine >> 2] = place.recordLine - place.line
    numbers[memory.quoteAt >> 2] = 0
    numbers[memory.fieldAt >> 2] = buffer.fieldAt + toOutput

    const stopped = scan(end) - toMemory

    place.state = numbers[memory.state >> 2] as State
    place.column = numbers[memory.column >> 2]!
    place.recordAt = numbers[memory.recordAt >> 2]! - toMemory
    place.recordLine = place.line + numbers[memory.recordLine >> 2]!
    if (numbers[memory.quoteAt >> 2] !== 0) {
      place.quoteAt = numbers[memory.quoteAt >> 2]! - toMemory
      place.quoteLine = place.line + numbers[memory.quoteLine >> 2]!
    }
    place.line += numbers[memory.line >> 2]!

    this.#append(buffer, toOutput)
    return stopped
  }

  /** Takes over the rows and the begun one, and sets the length of a field that was begun before. */
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
    buffer.rows += rows
    if (rows > 0) buffer.rowsEnd = numbers[memory.rowsEnd >> 2]! - toOutput
  }
}
