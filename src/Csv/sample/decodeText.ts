import * as Effect from "effect/Effect"
import type { Utf8Reader } from "../encoding/Utf8Reader.ts"
import { late, type SampledChunks } from "./SampleDeadline.ts"

/** Decodes chunks to UTF-8. The text ends early where a file is not valid in its encoding: see the reader's `error`. */
export const decodeText = (bytes: SampledChunks, reader: Utf8Reader): SampledChunks => {
  let isFinished = false
  const hasEnded = (): boolean => isFinished || reader.error !== null
  const decode = (chunk: Uint8Array | null): Uint8Array => {
    if (chunk !== null) return reader.push(chunk)
    isFinished = true
    return reader.finish()
  }
  return {
    next: Effect.gen(function* () {
      while (!hasEnded()) {
        const text = decode(yield* bytes.next)
        if (text.length > 0) return text
      }
      return null
    }),
    nextInTime: Effect.gen(function* () {
      while (!hasEnded()) {
        const chunk = yield* bytes.nextInTime
        // At the deadline the encoding is guessed from the bytes that have arrived.
        const text = chunk === late ? reader.release() : decode(chunk)
        if (text.length > 0) return text
        if (chunk === late) return late
      }
      return null
    }),
  }
}
