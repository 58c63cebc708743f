import * as Effect from "effect/Effect"
import { withPauses } from "../../Bytes/Steps.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import type { Utf8Reader } from "../encoding/Utf8Reader.ts"
import { late, type SampledChunks } from "./SampleDeadline.ts"

/**
 * Decodes chunks to UTF-8, and pauses before and after each, because it may take a guess of the encoding. The text ends early
 * where a file is not valid in its encoding.
 */
export const decodeText = (
  bytes: SampledChunks,
  reader: Utf8Reader,
  pause: Effect.Effect<void>,
): SampledChunks => {
  let isFinished = false
  const decoded = <Late extends typeof late>(next: Effect.Effect<Uint8Array | null | Late, LoadError>) =>
    Effect.gen(function* () {
      while (!isFinished && !reader.hasFailed) {
        const chunk = yield* next
        yield* pause
        if (chunk === null) isFinished = true
        const isLate = chunk !== null && !(chunk instanceof Uint8Array)
        // At the deadline the encoding is guessed from the bytes that have arrived.
        const steps = isLate ? reader.release() : chunk === null ? reader.finish() : reader.push(chunk)
        const text = yield* withPauses(steps, pause)
        yield* pause
        if (text.length > 0) return text
        if (isLate) return chunk
      }
      return null
    })
  return { next: decoded<never>(bytes.next), nextInTime: decoded(bytes.nextInTime) }
}
