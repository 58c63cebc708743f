import { joinBytes } from "../../Bytes/joinBytes.ts"
import { noBytes } from "../../Bytes/noBytes.ts"
import { badMark, countCharacters, type Transcoded, type Transcoder } from "./Transcoder.ts"
import { VectorTranscoder } from "./vector/VectorTranscoder.ts"

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000
const isSurrogate = (unit: number): boolean => isHighSurrogate(unit) || isLowSurrogate(unit)

/** UTF-16 (RFC 2781) without a byte order mark. A lone surrogate is an error. */
export class Utf16Transcoder implements Transcoder {
  /** Bytes of an incomplete character: one, or two or three if they start with a high surrogate. */
  #rest: Uint8Array = noBytes
  readonly #low: 0 | 1
  readonly #high: 0 | 1
  readonly #marksBad: boolean
  readonly #vector: VectorTranscoder
  readonly #encoder = new TextEncoder()

  constructor(encoding: "utf-16le" | "utf-16be", marksBad: boolean) {
    this.#marksBad = marksBad
    this.#vector = new VectorTranscoder(encoding)
    this.#low = encoding === "utf-16le" ? 0 : 1
    this.#high = encoding === "utf-16le" ? 1 : 0
  }

  get held(): number {
    return this.#rest.length
  }

  push(chunk: Uint8Array): Transcoded {
    return this.#transcode(joinBytes(this.#rest, chunk), this.#rest.length)
  }

  finish(): Transcoded {
    const { length } = this.#rest
    return this.#marksBad
      ? { bytes: new Uint8Array(length > 0 ? [badMark] : []), badAt: null }
      : { bytes: noBytes, badAt: length > 0 ? -length : null }
  }

  inputLength(bytes: Uint8Array, to: number): number {
    const { all, supplementary } = countCharacters(bytes, to)
    return 2 * (all + supplementary)
  }

  /** @param kept the number of bytes at the start of the input that came with earlier chunks */
  #transcode(input: Uint8Array, kept: number): Transcoded {
    const unitAt = (at: number): number => input[at + this.#low]! | (input[at + this.#high]! << 8)
    let badAt: number | null = null
    const { bytes, end } = this.#vector.transcode(input, (at) => {
      const unit = unitAt(at)
      if (at + 2 > input.length || (isHighSurrogate(unit) && at + 4 > input.length)) return null
      const isPair = isHighSurrogate(unit) && isLowSurrogate(unitAt(at + 2))
      if (isPair || !isSurrogate(unit)) {
        const text = isPair ? String.fromCharCode(unit, unitAt(at + 2)) : String.fromCharCode(unit)
        return { bytes: this.#encoder.encode(text), end: at + 2 * text.length }
      }
      if (this.#marksBad) return { bytes: Uint8Array.of(badMark), end: at + 2 }
      badAt = at - kept
      return null
    })
    this.#rest = input.slice(end)
    return { bytes, badAt }
  }
}
