import { joinBytes } from "../../Bytes/joinBytes.ts"
import { noBytes } from "../../Bytes/noBytes.ts"
import { badMark, countCharacters, type Transcoded, type Transcoder } from "./Transcoder.ts"

const isCharacter = (code: number): boolean => code < 0x110000 && (code < 0xd800 || code >= 0xe000)

/** UTF-32 without a byte order mark. A surrogate, or a number above U+10FFFF, is an error. */
export class Utf32Transcoder implements Transcoder {
  /** Up to three bytes of an incomplete character. */
  #rest: Uint8Array = noBytes
  readonly #isLittleEndian: boolean
  readonly #marksBad: boolean
  readonly #encoder = new TextEncoder()

  constructor(encoding: "utf-32le" | "utf-32be", marksBad: boolean) {
    this.#isLittleEndian = encoding === "utf-32le"
    this.#marksBad = marksBad
  }

  get held(): number {
    return this.#rest.length
  }

  push(chunk: Uint8Array): Transcoded {
    const kept = this.#rest.length
    const input = joinBytes(this.#rest, chunk)
    const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
    const end = input.length & ~3
    const output = new Uint8Array(end)
    let written = 0
    let badAt: number | null = null
    for (let i = 0; i < end; i += 4) {
      const code = view.getUint32(i, this.#isLittleEndian)
      if (code < 0x80) output[written++] = code
      else if (isCharacter(code))
        written += this.#encoder.encodeInto(String.fromCodePoint(code), output.subarray(written)).written
      else if (this.#marksBad) output[written++] = badMark
      else {
        badAt = i - kept
        break
      }
    }
    this.#rest = input.slice(end)
    return { bytes: output.subarray(0, written), badAt }
  }

  finish(): Transcoded {
    const { length } = this.#rest
    this.#rest = noBytes
    if (length === 0) return { bytes: noBytes, badAt: null }
    return this.#marksBad
      ? { bytes: Uint8Array.of(badMark), badAt: null }
      : { bytes: noBytes, badAt: -length }
  }

  inputLength(bytes: Uint8Array, to: number): number {
    return 4 * countCharacters(bytes, to).all
  }
}
