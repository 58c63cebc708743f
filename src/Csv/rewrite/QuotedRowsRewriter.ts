import { ByteWriter } from "../../Bytes/ByteWriter.ts"
import { carriageReturn, doubleQuote, lineFeed } from "../../Bytes/Ascii.ts"
import type { TextRewriter } from "./TextRewriter.ts"

/** Removes the quotes around whole lines: `"1,""a"",b"` becomes `1,"a",b`. Lines without them stay. */
export class QuotedRowsRewriter implements TextRewriter {
  readonly #output = new ByteWriter()
  #isLineStart = true
  #isQuoted = false
  #isAfterQuote = false

  push(chunk: Uint8Array): Uint8Array {
    for (let i = 0; i < chunk.length; i++) this.#take(chunk[i]!)
    return this.#output.take()
  }

  finish(): Uint8Array {
    return this.#output.take()
  }

  #take(byte: number): void {
    const isLineEnd = byte === lineFeed || byte === carriageReturn
    if (this.#isAfterQuote) {
      this.#isAfterQuote = false
      this.#isQuoted = byte === doubleQuote
      if (byte !== doubleQuote && !isLineEnd) this.#output.put(doubleQuote)
      this.#output.put(byte)
      this.#isLineStart = isLineEnd
    } else if (this.#isQuoted && byte === doubleQuote) this.#isAfterQuote = true
    else if (this.#isLineStart && byte === doubleQuote) {
      this.#isQuoted = true
      this.#isLineStart = false
    } else {
      this.#output.put(byte)
      this.#isLineStart = isLineEnd && !this.#isQuoted
    }
  }
}
