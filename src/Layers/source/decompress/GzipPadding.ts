import * as Effect from "effect/Effect"
import { joinBytes } from "../../../Bytes/joinBytes.ts"
import { type NextChunk } from "../../../Bytes/NextChunk.ts"
import { noBytes } from "../../../Bytes/noBytes.ts"
import type { ByteReader } from "./ByteReader.ts"

/** The compressed bytes as a decoder takes them. */
export interface DecoderInput {
  readonly next: NextChunk
  /** Bytes read from the input and not returned yet. */
  readonly held: () => Uint8Array
  /** Whether everything was returned but what may be padding after the end. */
  readonly isTail: () => boolean
}

export const unpadded = ({ next }: ByteReader): DecoderInput => ({
  next,
  held: () => noBytes,
  isTail: () => false,
})

/** More white space in a row is given to the decoder, which refuses it. */
const maxPadding = 64 * 1024

const isBlank = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)

/** Whether a byte may follow compressed data: a zero, or white space that an editor or a template has added. */
export const isPadding = (byte: number): boolean => byte === 0 || isBlank(byte)

/** Length of the bytes without the padding at their end, if that has white space. */
const lengthWithoutPadding = (bytes: Uint8Array): number => {
  const length = bytes.findLastIndex((byte) => !isPadding(byte)) + 1
  const padding = bytes.subarray(length)
  return padding.length <= maxPadding && padding.some(isBlank) ? length : bytes.length
}

/**
 * Holds back white space, because it can be the last bytes of the data or padding after them, and Node's gunzip takes
 * padding for another member and fails without the output of the chunk. At the end of the input the decoder gets it byte
 * by byte, so that the failure costs no output. A zero follows: it is the second byte of the supposed header, which
 * shows that it is none.
 */
export const paddedWithBlanks = (input: ByteReader): DecoderInput => {
  let held: Uint8Array = noBytes
  let isTail = false
  let hasZero = false

  const nextOfTail = (): Uint8Array | null => {
    if (held.length === 0 && hasZero) return null
    hasZero = held.length === 0
    const byte = hasZero ? Uint8Array.of(0) : held.subarray(0, 1)
    held = held.subarray(1)
    return byte
  }

  const next: NextChunk = Effect.suspend(() => {
    if (isTail) return Effect.succeed(nextOfTail())
    return Effect.flatMap(input.next, (chunk) => {
      if (chunk === null) {
        isTail = held.length > 0
        return isTail ? next : Effect.succeed(null)
      }
      const bytes = joinBytes(held, chunk)
      const length = lengthWithoutPadding(bytes)
      held = bytes.subarray(length)
      return length === 0 ? next : Effect.succeed(bytes.subarray(0, length))
    })
  })
  return { next, held: () => held, isTail: () => isTail }
}
