import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import { GrowingBytes } from "../../Bytes/GrowingBytes.ts"
import { longestRaw } from "../../Domain/load/Reject.ts"
import type { SkippedLine } from "../../Domain/load/SkippedLine.ts"
import { rawText } from "../record/rawText.ts"
import { isBlank } from "./OddLine.ts"
import type { ScanContext } from "./ScanContext.ts"

/** Skips physical lines and adds them to the batch. Of a long line only the beginning is kept. */
export class SkippedLines {
  readonly #context: ScanContext
  readonly #comment: number
  #kind: SkippedLine["kind"] = "preamble"
  #left = 0
  /** Inside a line, whose text so far this is. */
  #isOpen = false
  readonly #text = new GrowingBytes()
  #byteOffset = 0
  #rawBytes = 0
  #isBlank = true
  /** Blank lines so far. */
  blank = 0

  /** @param comment starts a comment, whatever the kind of the lines is; -1: none */
  constructor(context: ScanContext, comment: number) {
    this.#context = context
    this.#comment = comment
  }

  get isSkipping(): boolean {
    return this.#left > 0
  }

  /** Starts to skip this many lines, from the current record on. */
  begin(kind: SkippedLine["kind"], lines: number): void {
    this.#kind = kind
    this.#left = lines
  }

  /** Skips lines up to the last one, or the end of the chunk. */
  advance(): void {
    const { batch, state, window } = this.#context
    const { chunk } = window
    let { at } = state
    while (this.isSkipping && at < chunk.length && !batch.isFull) {
      const previous = at > 0 ? chunk[at - 1] : state.previous
      // The rest of the line ending before.
      if (!this.#isOpen && chunk[at] === lineFeed && previous === carriageReturn) at++
      const end = physicalEnd(chunk, at)
      if (!this.#isOpen && at < chunk.length) this.#begin(window.offset + at)
      this.#pass(chunk.subarray(at, end))
      at = Math.min(end + 1, chunk.length)
      if (end < chunk.length) this.#end()
    }
    state.beginRecord(at, state.line)
  }

  /** Ends a last line that has no line ending. Returns false if there is none. */
  finish(): boolean {
    if (!this.#isOpen) return false
    this.#end()
    this.#context.state.beginRecord(0, this.#context.state.line)
    return true
  }

  #begin(byteOffset: number): void {
    this.#isOpen = true
    this.#isBlank = true
    this.#rawBytes = 0
    this.#byteOffset = byteOffset
    this.#text.clear()
  }

  #pass(bytes: Uint8Array): void {
    // One byte more than is kept shows that the text was cut.
    const left = longestRaw + 1 - this.#text.length
    if (left > 0) this.#text.append(bytes.subarray(0, left))
    this.#rawBytes += bytes.length
    if (this.#isBlank) this.#isBlank = isBlank(bytes)
  }

  #end(): void {
    const { batch, state } = this.#context
    const text = this.#text.bytes
    this.#isOpen = false
    this.#left--
    if (this.#isBlank) this.blank++
    else
      batch.skip({
        kind: text[0] === this.#comment ? "comment" : this.#kind,
        line: state.line,
        byteOffset: this.#byteOffset,
        raw: rawText(text),
        rawBytes: this.#rawBytes,
      })
    state.line++
  }
}

/** Index of the next LF or CR, or the length. */
const physicalEnd = (chunk: Uint8Array, from: number): number => {
  let at = from
  while (at < chunk.length && chunk[at] !== lineFeed && chunk[at] !== carriageReturn) at++
  return at
}
