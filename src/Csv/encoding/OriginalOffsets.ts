/** So many bytes of UTF-8 are kept to count in: the sample that settles the dialect, and more. */
const kept = 2 * 1024 * 1024

/** Older pieces are remembered by their places alone, and so many of them. */
const remembered = 4096

interface Piece {
  /** Where it starts in the file, and in the UTF-8 text made of it. */
  readonly inputAt: number
  readonly outputAt: number
  /** `null`: not kept. */
  bytes: Uint8Array | null
}

/**
 * Finds the offset in the file for an offset in the UTF-8 text made of it. Exact for the latest two megabytes of
 * single-byte and UTF-16 text; else it is the start of the piece, as it came from the source, that holds it.
 */
export class OriginalOffsets {
  readonly #inputLength: (bytes: Uint8Array, to: number) => number
  readonly #pieces: Array<Piece> = []
  #firstKept = 0
  #keptBytes = 0

  constructor(inputLength: (bytes: Uint8Array, to: number) => number) {
    this.#inputLength = inputLength
  }

  add(inputAt: number, outputAt: number, bytes: Uint8Array): void {
    this.#pieces.push({ inputAt, outputAt, bytes })
    this.#keptBytes += bytes.length
    while (this.#keptBytes - this.#pieces[this.#firstKept]!.bytes!.length >= kept) {
      const piece = this.#pieces[this.#firstKept++]!
      this.#keptBytes -= piece.bytes!.length
      piece.bytes = null
    }
    if (this.#firstKept <= 2 * remembered) return
    this.#pieces.splice(0, remembered)
    this.#firstKept -= remembered
  }

  find(offset: number): number {
    const piece = this.#pieces.findLast(({ outputAt }) => outputAt <= offset)
    if (piece === undefined) return offset
    return (
      piece.inputAt + (piece.bytes === null ? 0 : this.#inputLength(piece.bytes, offset - piece.outputAt))
    )
  }
}
