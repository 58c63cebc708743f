import * as Effect from "effect/Effect"
import { type Arrivals, late } from "./Arrivals.ts"
import type { Patience } from "./Patience.ts"
import type { Utf8Reader } from "../encoding/Utf8Reader.ts"
import { type NextChunk } from "../../Bytes/NextChunk.ts"

/** The bytes in pieces as the network delivers them, and then what `next` gives. */
export const startingWith = (bytes: Uint8Array, next: NextChunk): NextChunk => {
  let at = 0
  return Effect.suspend(() => {
    if (at === bytes.length) return next
    const piece = bytes.subarray(at, at + pieceSize)
    at += piece.length
    return Effect.succeed(piece)
  })
}
const pieceSize = 64 * 1024

/** The chunks' text as UTF-8; ends early where the file is not in its encoding, which the reader then tells. */
export const textOf = (next: NextChunk, reader: Utf8Reader): NextChunk => {
  let isFinished = false
  return Effect.gen(function* () {
    while (!isFinished && reader.error === null) {
      const chunk = yield* next
      isFinished = chunk === null
      const text = chunk === null ? reader.finish() : reader.push(chunk)
      if (text.length > 0) return text
    }
    return null
  })
}

/** The beginning of what `next` gives. */
export interface Sample {
  readonly bytes: Uint8Array
  /** There is nothing behind it. */
  readonly isWhole: boolean
}

/** Adds to a sample until it has the size, or more, or is whole, or has been waited for long enough. */
export const grown = Effect.fnUntraced(function* (
  sample: Sample,
  size: number,
  arrivals: Arrivals,
  patience: Patience,
) {
  let { bytes, isWhole } = sample
  let length = bytes.length
  while (length < size && !isWhole) {
    const chunk = yield* arrivals.nextWithin(patience)
    if (chunk === late) break
    if (chunk === null) {
      isWhole = true
      break
    }
    if (length + chunk.length > bytes.length) {
      const longer = new Uint8Array(Math.max(length + chunk.length, 2 * bytes.length))
      longer.set(bytes.subarray(0, length))
      bytes = longer
    }
    bytes.set(chunk, length)
    length += chunk.length
  }
  return { bytes: bytes.subarray(0, length), isWhole } satisfies Sample
})

export const emptySample: Sample = { bytes: new Uint8Array(0), isWhole: false }
