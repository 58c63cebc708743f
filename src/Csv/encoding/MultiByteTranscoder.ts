import * as Result from "effect/Result"
import type { Encoding } from "../../Domain/Encoding.ts"
import { badMark } from "./BadMark.ts"
import type { Transcoded, Transcoder } from "./Transcoder.ts"

/**
 * In each of these encodings a byte below this is a character by itself: second bytes begin at 0x30 (the digits
 * of GB 18030) or higher. Behind a comma, a blank or a line ending the text can be cut.
 */
const cuttable = 0x30

/** More bytes without a place to cut are no text in such an encoding. */
const longestUncut = 1024 * 1024

const nothing = new Uint8Array(0)

/** East Asian encodings, by the platform's decoder, between places where no character can be cut. */
export class MultiByteTranscoder implements Transcoder {
  readonly #decoder: InstanceType<typeof TextDecoder>
  readonly #encoding: Encoding
  readonly #encoder = new TextEncoder()
  readonly #marksBad: boolean
  #rest: Uint8Array = nothing

  constructor(encoding: Encoding, marksBad: boolean) {
    this.#marksBad = marksBad
    this.#encoding = encoding
    this.#decoder = new TextDecoder(encoding, { fatal: true })
  }

  get held(): number {
    return this.#rest.length
  }

  push(chunk: Uint8Array): Transcoded {
    const kept = this.#rest.length
    let input = chunk
    if (kept > 0) {
      input = new Uint8Array(kept + chunk.length)
      input.set(this.#rest)
      input.set(chunk, kept)
    }
    let end = input.length
    while (end > 0 && input[end - 1]! >= cuttable) end--
    if (end === 0 && input.length > longestUncut) {
      if (!this.#marksBad) return { bytes: nothing, badAt: -kept }
      end = input.length
    }
    this.#rest = input.slice(end)
    return this.#decode(input.subarray(0, end), kept)
  }

  finish(): Transcoded {
    const rest = this.#rest
    this.#rest = nothing
    return this.#decode(rest, rest.length)
  }

  inputLength(): number {
    return 0
  }

  #decode(input: Uint8Array, kept: number): Transcoded {
    const text = Result.try(() => this.#decoder.decode(input))
    if (Result.isSuccess(text)) return { bytes: this.#encoder.encode(text.success), badAt: null }
    if (this.#marksBad) return { bytes: marked(new TextDecoder(this.#encoding).decode(input)), badAt: null }
    const { good, length } = decodablePart(this.#encoding, input)
    return { bytes: this.#encoder.encode(good), badAt: length - kept }
  }
}

/** As UTF-8, with a mark for each character that stands for what could not be decoded. */
const marked = (text: string): Uint8Array => {
  const parts = text.split("\ufffd").map((part) => new TextEncoder().encode(part))
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length + 1, -1))
  let at = 0
  for (const [index, part] of parts.entries()) {
    if (index > 0) bytes[at++] = badMark
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** The text before the first character that is none, and its length in bytes. */
const decodablePart = (encoding: Encoding, input: Uint8Array): { good: string; length: number } => {
  const decoder = new TextDecoder(encoding, { fatal: true })
  let good = ""
  let length = 0
  for (let i = 0; i < input.length; i++) {
    const part = Result.try(() => decoder.decode(input.subarray(i, i + 1), { stream: true }))
    if (Result.isFailure(part)) break
    if (part.success === "") continue
    good += part.success
    length = i + 1
  }
  return { good, length }
}
