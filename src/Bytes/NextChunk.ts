import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import type { LoadError } from "../Domain/load/LoadError.ts"

/**
 * Returns the next chunk each time it is run, and `null` after the last one, every time. Simpler than Effect's `Pull`,
 * which fails at the end and returns arrays, for code that handles chunks one by one.
 */
export type NextChunk = Effect.Effect<Uint8Array | null, LoadError>

/** The chunks of a pull one by one, without empty ones. May be run again after the end. */
export const chunkwise = (pull: Pull.Pull<ReadonlyArray<Uint8Array>, LoadError>): NextChunk => {
  let waiting: ReadonlyArray<Uint8Array> = []
  let taken = 0
  let isDone = false
  const refill = pull.pipe(
    Effect.map((chunks) => {
      waiting = chunks
      taken = 0
    }),
    Pull.catchDone(() => {
      isDone = true
      return Effect.void
    }),
  )
  return Effect.suspend(function next(): NextChunk {
    while (taken < waiting.length) {
      const chunk = waiting[taken++]!
      if (chunk.length > 0) return Effect.succeed(chunk)
    }
    return isDone ? Effect.succeed(null) : Effect.flatMap(refill, next)
  })
}
