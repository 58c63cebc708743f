import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import { noBytes } from "../../Bytes/noBytes.ts"
import { RecentBytes } from "./RecentBytes.ts"

/** Bytes that are kept to count in, of UTF-8 and of the input. This covers the sample for the dialect. */
const keptBytes = 4 * 1024 * 1024

/** Pieces whose copies are lost are forgotten this many at a time. */
const maxPieces = 4096

interface Piece {
  /** Where it starts in the file and in the UTF-8 text. */
  readonly inputAt: number
  readonly outputAt: number
  /** Lengths, and where the copies are. */
  readonly bytes: number
  readonly bytesAt: number
  readonly input: number
  readonly copyOfInputAt: number
}

/**
 * Maps an offset in the UTF-8 text to the offset in the file. It is exact for the latest two megabytes of
 * text; otherwise it is the start of the chunk that contains it.
 */
export class OriginalOffsets {
  readonly #inputLength: (bytes: Uint8Array, to: number, input: Uint8Array) => number
  readonly #pieces: Array<Piece> = []
  readonly #bytes = new RecentBytes(keptBytes)
  readonly #input = new RecentBytes(keptBytes)
  /** The last line start that was found, in the UTF-8 text and in the input of its piece. */
  #line: { readonly piece: Piece; readonly to: number; readonly length: number } | null = null

  constructor(inputLength: (bytes: Uint8Array, to: number, input: Uint8Array) => number) {
    this.#inputLength = inputLength
  }

  /** @param input the bytes of the file, if the length of a part is not known from the text alone */
  add(inputAt: number, outputAt: number, bytes: Uint8Array, input: Uint8Array = noBytes): void {
    this.#pieces.push({
      inputAt,
      outputAt,
      bytes: bytes.length,
      bytesAt: this.#bytes.append(bytes),
      input: input.length,
      copyOfInputAt: this.#input.append(input),
    })
    const older = this.#pieces[maxPieces]
    if (this.#pieces.length > 2 * maxPieces && older !== undefined && this.#copiesOf(older) === null)
      this.#pieces.splice(0, maxPieces)
  }

  find(offset: number): number {
    const piece = this.#pieces.findLast(({ outputAt }) => outputAt <= offset)
    if (piece === undefined) return offset
    const copies = this.#copiesOf(piece)
    return piece.inputAt + (copies === null ? 0 : this.#find(piece, copies, offset - piece.outputAt))
  }

  /** `null` if they are lost. */
  #copiesOf(piece: Piece): { readonly bytes: Uint8Array; readonly input: Uint8Array } | null {
    const bytes = this.#bytes.find(piece.bytesAt, piece.bytes)
    const input = this.#input.find(piece.copyOfInputAt, piece.input)
    return bytes === null || input === null ? null : { bytes, input }
  }

  /** Counts line by line from the last line that was found, so that the places of many records take linear time. */
  #find(
    piece: Piece,
    { bytes, input }: { readonly bytes: Uint8Array; readonly input: Uint8Array },
    to: number,
  ): number {
    let line = this.#line?.piece === piece && this.#line.to <= to ? this.#line : { piece, to: 0, length: 0 }
    const lengthTo = (end: number): number =>
      line.length +
      this.#inputLength(bytes.subarray(line.to, end), end - line.to, input.subarray(line.length))
    const lineStart = line.to + startOfLastLine(bytes.subarray(line.to, to))
    if (lineStart > line.to) line = { piece, to: lineStart, length: lengthTo(lineStart) }
    this.#line = line
    return lengthTo(to)
  }
}

/** Characters of all encodings end at a line end. */
const startOfLastLine = (text: Uint8Array): number =>
  Math.max(text.lastIndexOf(lineFeed), text.lastIndexOf(carriageReturn)) + 1
