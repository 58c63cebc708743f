import { longestRaw } from "../../Domain/load/Reject.ts"
import type { BadRow } from "../record/BadRecord.ts"
import { countLineEnds } from "../record/LineEnds.ts"
import { rawText } from "../record/RawText.ts"
import type { RecordLexer } from "./RecordLexer.ts"
import { GrowingBytes } from "../../Bytes/GrowingBytes.ts"

/** Goes to the end of a record that is too large to be kept, and keeps of it what a reject needs. */
export class RecordSkip {
  readonly bad: BadRow
  readonly #lexer: RecordLexer
  /** One byte more than a reject holds, so that it shows that there is more. */
  readonly #beginning = new GrowingBytes()
  #previous = 0
  /** Length so far. */
  bytes = 0
  /** Physical line ends so far, with the one that ends the record. */
  lineEnds = 0

  /** @param lexer has read `beginning`, the record so far, and is in the middle of the record */
  constructor(bad: BadRow, lexer: RecordLexer, beginning: Uint8Array) {
    this.bad = bad
    this.#lexer = lexer
    this.#pass(beginning, 0, beginning.length)
  }

  /** Goes through `chunk[from, …)`, and answers where the line end is that ends the record, or the chunk's length. */
  advance(chunk: Uint8Array, from: number): number {
    const end = this.#lexer.advance(chunk, from, chunk.length)
    this.#pass(chunk, from, end)
    if (end < chunk.length) this.lineEnds += countLineEnds(chunk, end, end + 1, this.#previous)
    return end
  }

  get raw(): string {
    return rawText(this.#beginning.bytes)
  }

  #pass(bytes: Uint8Array, from: number, to: number): void {
    if (from === to) return
    const room = longestRaw + 1 - this.#beginning.length
    if (room > 0) this.#beginning.append(bytes.subarray(from, Math.min(to, from + room)))
    this.lineEnds += countLineEnds(bytes, from, to, this.#previous)
    this.#previous = bytes[to - 1]!
    this.bytes += to - from
  }
}
