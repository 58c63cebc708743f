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

const delimiters = [";", "\t", "|", ","]

/** Lines from which quoted rows are detected. */
const maxLines = 200

/** A line that is one quoted field. */
const quotedLine = /^"(?:[^"]|"")*"$/

const countOf = (line: string, delimiter: string): number =>
  line.replaceAll(/"(?:[^"]|"")*"/g, "").split(delimiter).length - 1

/**
 * Whether most lines of a text are one quoted field, and all lines have as many delimiters inside. One comma in each line is
 * prose, unless there are quotes around a part.
 */
export const hasQuotedRows = (text: string, isWhole: boolean): boolean => {
  if (!/^"|\n"/.test(text)) return false
  const lines = text.split(/\r\n?|\n/, maxLines)
  const whole = (isWhole || lines.length === maxLines ? lines : lines.slice(0, -1)).filter(
    (line) => line !== "",
  )
  const quoted = whole.filter((line) => quotedLine.test(line))
  if (whole.length < 2 || 2 * quoted.length < whole.length) return false
  const unwrapped = whole.map((line) =>
    quotedLine.test(line) ? line.slice(1, -1).replaceAll('""', '"') : line,
  )
  const hasQuotes = unwrapped.some((line) => line.includes('"'))
  return delimiters.some((delimiter) => {
    const count = countOf(unwrapped[0]!, delimiter)
    const isEvidence = count > 1 || (count === 1 && (hasQuotes || delimiter !== ","))
    return isEvidence && unwrapped.every((line) => countOf(line, delimiter) === count)
  })
}
