import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import { noBytes } from "../../Bytes/noBytes.ts"

/** Bytes of UTF-8 that are kept to count in. This covers the sample for the dialect. */
const maxKeptBytes = 2 * 1024 * 1024

/** The number of older pieces of which only the position is kept. */
const maxOldPieces = 4096

interface Piece {
  /** Where it starts in the file and in the UTF-8 text. */
  readonly inputAt: number
  readonly outputAt: number
  /** `null` if they are no longer kept. */
  bytes: Uint8Array | null
  input: Uint8Array
}

/**
 * Maps an offset in the UTF-8 text to the offset in the file. It is exact for the latest two megabytes of
 * text; otherwise it is the start of the chunk that contains it.
 */
export class OriginalOffsets {
  readonly #inputLength: (bytes: Uint8Array, to: number, input: Uint8Array) => number
  readonly #pieces: Array<Piece> = []
  #firstKept = 0
  #keptBytes = 0
  /** The last line start that was found, in the UTF-8 text and in the input of its piece. */
  #line: { readonly piece: Piece; readonly to: number; readonly length: number } | null = null

  constructor(inputLength: (bytes: Uint8Array, to: number, input: Uint8Array) => number) {
    this.#inputLength = inputLength
  }

  /** @param input the bytes of the file, if the length of a part is not known from the text alone */
  add(inputAt: number, outputAt: number, bytes: Uint8Array, input: Uint8Array = noBytes): void {
    this.#pieces.push({ inputAt, outputAt, bytes, input })
    this.#keptBytes += bytes.length
    while (this.#keptBytes - this.#pieces[this.#firstKept]!.bytes!.length >= maxKeptBytes) {
      const piece = this.#pieces[this.#firstKept++]!
      this.#keptBytes -= piece.bytes!.length
      piece.bytes = null
      piece.input = noBytes
    }
    if (this.#firstKept <= 2 * maxOldPieces) return
    this.#pieces.splice(0, maxOldPieces)
    this.#firstKept -= maxOldPieces
  }

  find(offset: number): number {
    const piece = this.#pieces.findLast(({ outputAt }) => outputAt <= offset)
    if (piece === undefined) return offset
    return (
      piece.inputAt + (piece.bytes === null ? 0 : this.#find(piece, piece.bytes, offset - piece.outputAt))
    )
  }

  /** Counts line by line from the last line that was found, so that the places of many records take linear time. */
  #find(piece: Piece, bytes: Uint8Array, to: number): number {
    let line = this.#line?.piece === piece && this.#line.to <= to ? this.#line : { piece, to: 0, length: 0 }
    const lengthTo = (end: number): number =>
      line.length +
      this.#inputLength(bytes.subarray(line.to, end), end - line.to, piece.input.subarray(line.length))
    const lineStart = line.to + startOfLastLine(bytes.subarray(line.to, to))
    if (lineStart > line.to) line = { piece, to: lineStart, length: lengthTo(lineStart) }
    this.#line = line
    return lengthTo(to)
  }
}

/** Characters of all encodings end at a line end. */
const startOfLastLine = (text: Uint8Array): number =>
  Math.max(text.lastIndexOf(lineFeed), text.lastIndexOf(carriageReturn)) + 1
