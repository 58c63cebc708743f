import * as Result from "effect/Result"
import type { Encoding } from "../../Domain/load/Encoding.ts"
import { badMark } from "./BadMark.ts"
import type { Transcoded, Transcoder } from "./Transcoder.ts"
import { noBytes } from "../../Bytes/noBytes.ts"

/**
 * In each of these encodings a byte below this is a character by itself: second bytes begin at 0x30 (the digits
 * of GB 18030) or higher. Behind a comma, a blank or a line ending the text can be cut.
 */
const cuttable = 0x30

/** More bytes without a place to cut are no text in such an encoding. */
const longestUncut = 1024 * 1024

/** East Asian encodings, by the platform's decoder, between places where no character can be cut. */
export class MultiByteTranscoder implements Transcoder {
  readonly #decoder: InstanceType<typeof TextDecoder>
  readonly #encoding: Encoding
  readonly #encoder = new TextEncoder()
  readonly #marksBad: boolean
  #rest: Uint8Array = noBytes

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
      if (!this.#marksBad) return { bytes: noBytes, badAt: -kept }
      end = input.length
    }
    this.#rest = input.slice(end)
    return this.#decode(input.subarray(0, end), kept)
  }

  finish(): Transcoded {
    const rest = this.#rest
    this.#rest = noBytes
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
  const bytes = new TextEncoder().encode(text)
  let to = 0
  for (let from = 0; from < bytes.length; from++) {
    if (bytes[from] === 0xef && bytes[from + 1] === 0xbf && bytes[from + 2] === 0xbd) {
      bytes[to++] = badMark
      from += 2
    } else bytes[to++] = bytes[from]!
  }
  return bytes.subarray(0, to)
}

/** A bad character is looked for by blocks of this size first: one call of the decoder per byte is slow. */
const blockSize = 4096

/** Bytes of the longest character in any of these encodings (GB 18030). */
const longestCharacter = 4

/** The text before the first character that is none, and its length in bytes. */
const decodablePart = (encoding: Encoding, input: Uint8Array): { good: string; length: number } => {
  const blocks = new TextDecoder(encoding, { fatal: true })
  const isDecodable = (at: number): boolean =>
    Result.isSuccess(Result.try(() => blocks.decode(input.subarray(at, at + blockSize), { stream: true })))
  let block = 0
  while (block < input.length && isDecodable(block)) block += blockSize
  const decoder = new TextDecoder(encoding, { fatal: true })
  // A whole character ends between here and the end of the last good block, unless this is the start.
  const start = Math.max(0, Math.min(block, input.length) - longestCharacter)
  let good = decoder.decode(input.subarray(0, start), { stream: true })
  let length = start
  for (let i = start; i < input.length; i++) {
    const part = Result.try(() => decoder.decode(input.subarray(i, i + 1), { stream: true }))
    if (Result.isFailure(part)) break
    if (part.success === "") continue
    good += part.success
    length = i + 1
  }
  return { good, length }
}
