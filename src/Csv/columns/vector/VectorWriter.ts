import { instantiate } from "../../../Bytes/instantiate.ts"
import * as memory from "./assembly/memory.ts"
import { compiled } from "./Compiled.ts"

/**
 * Writes the field `bytes[from, to)` of a column of the file at `at`, its head first, and returns its end; -1 if it does not
 * have the type of its column. Both are addresses in the module's memory.
 */
export type WriteField = (index: number, from: number, to: number, at: number) => number

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  /** Returns 0 or 1. */
  readonly writeRows: (to: number) => number
}

/**
 * Writes rows with the WebAssembly module of ./assembly: NULLs, texts, and the plain values of types, which are nearly all.
 * The rest is left to `writeField`.
 *
 * All loads share the module and its memory of half a megabyte, which holds nothing between calls.
 */
export class VectorWriter {
  /** Where the rows of texts start in the memory. */
  readonly rowsAt = memory.input
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly view: DataView<ArrayBuffer>
  readonly #numbers: Int32Array
  readonly #writeRows: Exports["writeRows"]
  #writeField: WriteField = () => -1
  /** Bytes of the rows that the last `write` has read, and of those that it has written. */
  read = 0
  written = 0

  /** `null` if the processor does not support SIMD. */
  static make(): VectorWriter | null {
    const exports = instantiate<Exports>(compiled, {
      writeOther: (index: number, from: number, to: number, at: number) =>
        writer === null ? -1 : writer.#writeField(index, from, to, at),
    })
    const writer = exports === null ? null : new VectorWriter(exports)
    return writer
  }

  private constructor({ memory: { buffer }, writeRows }: Exports) {
    this.bytes = new Uint8Array(buffer)
    this.view = new DataView(buffer)
    this.#numbers = new Int32Array(buffer)
    this.#writeRows = writeRows
  }

  /** Begins rows with these numbers of columns in the file and in the table. */
  begin(columns: number, kept: number, writeField: WriteField): void {
    this.#numbers[memory.columns >> 2] = columns
    this.#numbers[memory.kept >> 2] = kept
    this.#writeField = writeField
  }

  /**
   * Sets what happens to the fields of a column of the file. An action that the module does not know leaves them to
   * `writeField`.
   *
   * @param detail of a typed column the facts about its inferred type, 0 if the type is given; of a text column the length
   * of the longest text that may mean NULL, -1 if there is none
   * @param most of a text column the most characters of a text; of a `numeric` the most digits before the point and, from the ninth bit
   * on, those after it that need no rounding
   */
  setAction(index: number, action: number, detail: number, most: number): void {
    const at = (memory.actions + memory.actionSize * index) >> 2
    this.#numbers[at] = action
    this.#numbers[at + 1] = detail
    this.#numbers[at + 2] = most
  }

  /**
   * Writes rows from `bytes[from]` on to `out[at]`, as many as fit in the memory. `read` is 0 if the first one does not. Returns
   * whether all values have the types of their columns.
   */
  write(bytes: Uint8Array, from: number, out: Uint8Array, at: number): boolean {
    const to = Math.min(bytes.length, from + memory.inputSize)
    this.bytes.set(bytes.subarray(from, to), memory.input)
    if (this.#writeRows(memory.input + to - from) === 0) return false
    const end = this.#numbers[memory.writtenEnd >> 2]!
    this.read = this.#numbers[memory.readEnd >> 2]! - memory.input
    this.written = end - memory.output
    out.set(this.bytes.subarray(memory.output, end), at)
    return true
  }
}

let instance: VectorWriter | null | undefined

/** The instance of this thread; `null` if WebAssembly or SIMD is not supported. */
export const vectorWriter = (): VectorWriter | null => {
  if (instance === undefined) instance = VectorWriter.make()
  return instance
}
