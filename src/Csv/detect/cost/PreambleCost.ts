import { type MeasuredSample, startsWithHash } from "./MeasuredSample.ts"

/** A skipped line beside its text, one that begins with `#`, and a blank line. */
const lineBits = 4
export const commentBits = 1.5
const blankLineBits = 0.5
/** A line as wide as the table directly above the header costs this much more, and a block with such lines above a blank line this. */
const recordBits = 24
const blockBits = 3

/** The bits of the lines above a header as skipped lines. Lines are added from the first on. */
export class PreambleCost {
  readonly #sample: MeasuredSample
  readonly #width: number
  readonly #valued: number
  #bits = 0
  /** Lines as wide as the table since the last blank line, and those of them that are prose: with a space after each delimiter. */
  #wide = 0
  #prose = 0

  /** @param valued the number of columns up to the last that has values */
  constructor(sample: MeasuredSample, width: number, valued: number) {
    this.#sample = sample
    this.#width = width
    this.#valued = valued
  }

  /** The bits of all lines so far, above `records[header]`. */
  above(header: number): number {
    const { isAfterBlank, spaced } = this.#sample.records[header]!
    if (isAfterBlank) return this.#bits + this.#blankBits()
    return this.#bits + recordBits * (this.#wide - (spaced > 0 ? 0 : this.#prose))
  }

  add(index: number): void {
    const { filled, lineBits: textBits, records } = this.#sample
    const { isAfterBlank, spaced, width } = records[index]!
    if (isAfterBlank) {
      this.#bits += this.#blankBits()
      this.#wide = 0
      this.#prose = 0
    }
    const isComment = startsWithHash(this.#sample, index)
    this.#bits += textBits[index]! + (isComment ? commentBits : lineBits)
    if (isComment || width !== this.#width || filled[index] !== this.#valued) return
    this.#wide++
    if (spaced > 0) this.#prose++
  }

  #blankBits(): number {
    return this.#wide > 0 ? blankLineBits + blockBits : blankLineBits
  }
}
