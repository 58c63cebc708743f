import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import { GrowingBytes } from "../../Bytes/GrowingBytes.ts"
import { longestRaw } from "../../Domain/load/Reject.ts"
import { countLineEnds } from "../record/countLineEnds.ts"
import { rawText } from "../record/rawText.ts"
import type { RowProblem } from "../record/RecordProblem.ts"
import type { RecordLexer } from "./RecordLexer.ts"

/** Finds the end of a reject that is too large to be kept, and keeps the beginning of its text. */
export class RecordSkip {
  readonly problem: RowProblem
  readonly #lexer: RecordLexer
  /** One byte more than a reject stores, which shows that the text was cut. */
  readonly #beginning = new GrowingBytes()
  #previous = 0
  #isEnded = false
  /** Bytes so far. */
  rawBytes = 0
  /** Physical line ends so far, including the one that ends the record. */
  lineEnds = 0

  /** @param lexer has read `beginning`, and is inside the record */
  constructor(problem: RowProblem, lexer: RecordLexer, beginning: Uint8Array) {
    this.problem = problem
    this.#lexer = lexer
    this.#pass(beginning, 0, beginning.length)
  }

  /** Reads on from `chunk[from]`. Returns the index of the line end that ends the record, or the chunk's length. */
  advance(chunk: Uint8Array, from: number): number {
    const end = this.#lexer.advance(chunk, from, chunk.length)
    this.#pass(chunk, from, end)
    if (end < chunk.length) {
      this.lineEnds += countLineEnds(chunk, end, end + 1, this.#previous)
      this.#isEnded = true
    }
    return end
  }

  /** Physical lines so far: all of the record's, once its end has been found, or at the end of the file. */
  get lines(): number {
    const isOpen = !this.#isEnded && this.#previous !== lineFeed && this.#previous !== carriageReturn
    return this.lineEnds + (isOpen ? 1 : 0)
  }

  get raw(): string {
    return rawText(this.#beginning.bytes)
  }

  #pass(bytes: Uint8Array, from: number, to: number): void {
    if (from === to) return
    const left = longestRaw + 1 - this.#beginning.length
    if (left > 0) this.#beginning.append(bytes.subarray(from, Math.min(to, from + left)))
    this.lineEnds += countLineEnds(bytes, from, to, this.#previous)
    this.#previous = bytes[to - 1]!
    this.rawBytes += to - from
  }
}
