import { noBytes } from "../../../Bytes/noBytes.ts"
import type { TextRows } from "../../../Domain/load/CopyBatch.ts"
import type { TextFormat } from "../../../Domain/load/TextFormat.ts"
import { binarySpace, readTextRows } from "./readTextRows.ts"
import { textSpace, writeTextRows } from "./writeTextRows.ts"

/** More bytes of written rows in a batch are not made text, which would need memory in proportion. */
const mostWritten = 1024 * 1024

/** Clean rows, and where they belong among the rows in binary format. */
interface Passed {
  readonly bytes: Uint8Array
  /** End of the written rows before them. */
  readonly at: number
}

interface Rows {
  readonly bytes: Uint8Array
  readonly text?: TextRows
}

/**
 * Collects the clean rows of a batch, which are sent as they are in the file, and puts them together with the others, which
 * the scanner has written in binary format.
 */
export class CleanRows {
  readonly format: TextFormat
  readonly #columns: number
  #passed: Array<Passed> = []
  /** Further rows are sent in binary format. */
  hasEnded = false

  constructor(format: TextFormat, columns: number) {
    this.format = format
    this.#columns = columns
  }

  /** Adds clean rows after the written ones. */
  pass(bytes: Uint8Array, at: number): void {
    this.#passed.push({ bytes, at })
  }

  /**
   * Returns the rows of the batch in one format: in text, unless a written row cannot be expressed in it. Then, clean rows end.
   * `null`: the written rows are all there is, and remain as they are.
   */
  take(written: Uint8Array): Rows | null {
    const passed = this.#passed
    if (passed.length === 0 && this.hasEnded) return null
    this.#passed = []
    const parts = written.length > mostWritten ? null : this.#textOf(written, passed)
    if (parts !== null) return { bytes: noBytes, text: { format: this.format, parts } }
    this.hasEnded = true
    return passed.length === 0 ? null : { bytes: this.#binaryOf(written, passed) }
  }

  #textOf(written: Uint8Array, passed: ReadonlyArray<Passed>): ReadonlyArray<Uint8Array> | null {
    const parts: Array<Uint8Array> = []
    const out = written.length === 0 ? noBytes : new Uint8Array(textSpace(written.length))
    let from = 0
    let end = 0
    for (const { at, bytes } of [...passed, { at: written.length, bytes: noBytes }]) {
      if (at > from) {
        const start = end
        end = writeTextRows(written.subarray(from, at), this.format, out, start)
        if (end === -1) return null
        parts.push(out.subarray(start, end))
        from = at
      }
      if (bytes.length > 0) parts.push(bytes)
    }
    return parts
  }

  #binaryOf(written: Uint8Array, passed: ReadonlyArray<Passed>): Uint8Array {
    const size = passed.reduce((sum, { bytes }) => sum + binarySpace(bytes.length), written.length)
    const out = new Uint8Array(size)
    const view = new DataView(out.buffer)
    let from = 0
    let end = 0
    for (const { at, bytes } of passed) {
      out.set(written.subarray(from, at), end)
      end = readTextRows(bytes, this.#columns, this.format, view, end + at - from)
      from = at
    }
    out.set(written.subarray(from), end)
    return out.subarray(0, end + written.length - from)
  }
}
