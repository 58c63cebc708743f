import { noBytes } from "../../Bytes/noBytes.ts"
import type { Encoding } from "../../Domain/load/Encoding.ts"
import { formBytes, singleByteForms } from "./characters/characterForms.ts"
import { badMark, countCharacters, type Transcoded, type Transcoder } from "./Transcoder.ts"
import { VectorTranscoder } from "./vector/VectorTranscoder.ts"

/** Looks each byte up in a table. */
export class SingleByteTranscoder implements Transcoder {
  readonly held = 0
  readonly #forms: Uint32Array
  readonly #marksBad: boolean
  readonly #vector: VectorTranscoder

  constructor(encoding: Encoding, marksBad: boolean) {
    this.#marksBad = marksBad
    this.#forms = singleByteForms(encoding)
    this.#vector = new VectorTranscoder(this.#forms)
  }

  push(chunk: Uint8Array): Transcoded {
    const { bytes, end } = this.#vector.transcode(chunk, (at) => {
      const byte = chunk[at]!
      const form = byte < 0x80 ? byte : this.#forms[byte - 0x80]!
      if (form !== 0 || byte === 0) return { bytes: formBytes(form), end: at + 1 }
      return this.#marksBad ? { bytes: Uint8Array.of(badMark), end: at + 1 } : null
    })
    return { bytes, badAt: end < chunk.length ? end : null }
  }

  finish(): Transcoded {
    return { bytes: noBytes, badAt: null }
  }

  inputLength(bytes: Uint8Array, to: number): number {
    return countCharacters(bytes, to).all
  }
}
