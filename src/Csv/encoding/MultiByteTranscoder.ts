import * as Result from "effect/Result"
import { GrowingBytes } from "../../Bytes/GrowingBytes.ts"
import { joinBytes } from "../../Bytes/joinBytes.ts"
import { noBytes } from "../../Bytes/noBytes.ts"
import type { Encoding } from "../../Domain/load/Encoding.ts"
import { characterForms } from "./characters/characterForms.ts"
import { openDecoder } from "./characters/openDecoder.ts"
import { badMark, type Transcoded, type Transcoder } from "./Transcoder.ts"
import { type Converted, VectorTranscoder } from "./vector/VectorTranscoder.ts"

/**
 * In all of these encodings a byte below this is a whole character, because second bytes start at 0x30 (the digits of
 * GB 18030). So the text can be cut after a comma, a space or a line ending.
 */
const cuttable = 0x30

/** ISO-2022-JP is back in ASCII at the end of every line, and only there it is certain without looking further back. */
const newline = 0x0a

/** Text in such an encoding never has this many bytes without a place to cut it. */
const longestUncut = 1024 * 1024

/** In longer text without a place to cut it, places are not exact. */
const longestExact = 32 * 1024

/** The decoder gets at least this many bytes, because a call takes as long as a few hundred of them. */
const shortestDecoded = 256

/** East Asian encodings, also ISO-2022-JP. Feeds the decoder with whole characters only, those that are not in a table. */
export class MultiByteTranscoder implements Transcoder {
  readonly #decoder: ReturnType<typeof openDecoder>
  readonly #encoding: Encoding
  readonly #encoder = new TextEncoder()
  readonly #marksBad: boolean
  /** `null` in ISO-2022-JP, whose bytes have several meanings. */
  readonly #vector: VectorTranscoder | null
  #rest: Uint8Array = noBytes

  constructor(encoding: Encoding, marksBad: boolean) {
    this.#marksBad = marksBad
    this.#encoding = encoding
    this.#decoder = openDecoder(encoding, { fatal: true })
    this.#vector = encoding === "iso-2022-jp" ? null : new VectorTranscoder(characterForms(encoding))
  }

  get held(): number {
    return this.#rest.length
  }

  push(chunk: Uint8Array): Transcoded {
    const kept = this.#rest.length
    const input = joinBytes(this.#rest, chunk)
    let end = input.length
    while (end > kept && !this.#isCuttableAfter(input[end - 1]!)) end--
    // The bytes that waited have no place to cut them.
    if (end === kept) end = 0
    if (end === 0 && input.length > longestUncut) {
      if (!this.#marksBad) return { bytes: noBytes, badAt: -kept, input: noBytes }
      end = input.length
    }
    this.#rest = input.slice(end)
    return this.#transcode(input.subarray(0, end), kept)
  }

  finish(): Transcoded {
    const rest = this.#rest
    this.#rest = noBytes
    return this.#transcode(rest, rest.length)
  }

  /**
   * Text and input have the same bytes to cut after. Counting from the last one makes the result independent of how the
   * file was cut.
   */
  inputLength(bytes: Uint8Array, to: number, input: Uint8Array): number {
    let length = 0
    let from = 0
    for (let at = 0; at < to; at++) {
      if (!this.#isCuttableAfter(bytes[at]!)) continue
      from = at + 1
      while (length < input.length && !this.#isCuttableAfter(input[length]!)) length++
      length++
    }
    let end = length
    while (end < input.length && !this.#isCuttableAfter(input[end]!)) end++
    return Math.min(input.length, length + this.#shortestInput(input.subarray(length, end + 1), to - from))
  }

  /** Length of the shortest beginning that becomes this many bytes; 0 in a text too long to decode several times. */
  #shortestInput(input: Uint8Array, bytes: number): number {
    if (input.length > longestExact) return 0
    let tooShort = -1
    let enough = input.length
    while (enough - tooShort > 1) {
      const length = Math.floor((tooShort + enough) / 2)
      // One call, because Node's decoder fails if a byte ends several characters that have waited.
      const text = openDecoder(this.#encoding).decode(input.subarray(0, length), { stream: true })
      if (marked(text).length < bytes) tooShort = length
      else enough = length
    }
    return enough
  }

  #isCuttableAfter(byte: number): boolean {
    return this.#encoding === "iso-2022-jp" ? byte === newline : byte < cuttable
  }

  #transcode(input: Uint8Array, kept: number): Transcoded {
    const { bytes, end } =
      this.#vector === null
        ? this.#decode(input, 0, input.length)
        : this.#vector.transcode(input, (at) => {
            const converted = this.#decode(input, at, this.#cutAfter(input, at + shortestDecoded))
            return converted.end > at ? converted : null
          })
    return { bytes, badAt: end < input.length ? end - kept : null, input }
  }

  /** Index after the next byte to cut after. */
  #cutAfter(input: Uint8Array, from: number): number {
    for (let at = from; at < input.length; at++) if (this.#isCuttableAfter(input[at]!)) return at + 1
    return input.length
  }

  /** Decodes `input[from, to)`, up to the first bad character if these are not marked. */
  #decode(input: Uint8Array, from: number, to: number): Converted {
    const part = input.subarray(from, to)
    const text = Result.try(() => this.#decoder.decode(part))
    if (Result.isSuccess(text)) return { bytes: this.#encoder.encode(text.success), end: to }
    if (this.#marksBad) return { bytes: this.#decodeMarked(part), end: to }
    const { good, length } = decodablePart(this.#encoding, part)
    return { bytes: this.#encoder.encode(good), end: from + length }
  }

  /** Decodes ISO-2022-JP line by line, because a damaged one may end in another character set than ASCII. */
  #decodeMarked(input: Uint8Array): Uint8Array {
    const decoder = openDecoder(this.#encoding)
    if (this.#encoding !== "iso-2022-jp") return marked(decoder.decode(input))
    const lines = new GrowingBytes()
    for (let start = 0, end = 0; start < input.length; start = end + 1) {
      end = input.indexOf(newline, start)
      if (end === -1) end = input.length
      lines.append(marked(decoder.decode(input.subarray(start, end))))
      lines.append(input.subarray(end, end + 1))
    }
    return lines.take()
  }
}

/** The text in UTF-8, with a `badMark` for each replacement character. */
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

/** The search for a bad character starts with blocks of this size, because one decoder call per byte is slow. */
const blockSize = 4096

/** The length of the longest character in any of these encodings (GB 18030). */
const longestCharacter = 4

/** The text before the first bad character, and its length in bytes. */
const decodablePart = (encoding: Encoding, input: Uint8Array): { good: string; length: number } => {
  const blocks = openDecoder(encoding, { fatal: true })
  const isDecodable = (at: number): boolean =>
    Result.isSuccess(Result.try(() => blocks.decode(input.subarray(at, at + blockSize), { stream: true })))
  let block = 0
  while (block < input.length && isDecodable(block)) block += blockSize
  const decoder = openDecoder(encoding, { fatal: true })
  // Either the start, or early enough for a whole character before the end of the last good block.
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
