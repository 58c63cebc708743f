import { joinBytes } from "../../Bytes/joinBytes.ts"
import { noBytes } from "../../Bytes/noBytes.ts"
import { badMark, countCharacters, type Transcoded, type Transcoder } from "./Transcoder.ts"

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000

/** UTF-16 (RFC 2781) without a byte order mark. A lone surrogate is an error. */
export class Utf16Transcoder implements Transcoder {
  /** Bytes of an incomplete character: one, or two or three if they start with a high surrogate. */
  #rest: Uint8Array = noBytes
  readonly #low: 0 | 1
  readonly #high: 0 | 1

  readonly #marksBad: boolean

  constructor(encoding: "utf-16le" | "utf-16be", marksBad: boolean) {
    this.#marksBad = marksBad
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
    const low = this.#low
    const high = this.#high
    const output = new Uint8Array(Math.ceil(input.length / 2) * 3)
    let written = 0
    let i = 0
    let badAt: number | null = null
    for (; i + 1 < input.length; i += 2) {
      const unit = input[i + low]! | (input[i + high]! << 8)
      if (unit < 0x80) output[written++] = unit
      else if (unit < 0x800) {
        output[written++] = 0xc0 | (unit >> 6)
        output[written++] = 0x80 | (unit & 0x3f)
      } else if (unit < 0xd800 || unit >= 0xe000) {
        output[written++] = 0xe0 | (unit >> 12)
        output[written++] = 0x80 | ((unit >> 6) & 0x3f)
        output[written++] = 0x80 | (unit & 0x3f)
      } else {
        if (isHighSurrogate(unit) && i + 3 >= input.length) break
        const next = input[i + 2 + low]! | (input[i + 2 + high]! << 8)
        if (!isHighSurrogate(unit) || !isLowSurrogate(next)) {
          if (this.#marksBad) {
            output[written++] = badMark
            continue
          }
          badAt = i - kept
          break
        }
        const point = 0x10000 + ((unit & 0x3ff) << 10) + (next & 0x3ff)
        output[written++] = 0xf0 | (point >> 18)
        output[written++] = 0x80 | ((point >> 12) & 0x3f)
        output[written++] = 0x80 | ((point >> 6) & 0x3f)
        output[written++] = 0x80 | (point & 0x3f)
        i += 2
      }
    }
    this.#rest = input.slice(i)
    return { bytes: output.subarray(0, written), badAt }
  }
}
