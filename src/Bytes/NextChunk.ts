import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import type { LoadError } from "../Domain/load/LoadError.ts"

/**
 * The next chunk of some bytes with each run, `null` after the end, also when run again. Effect's `Pull` ends by failing and hands
 * out arrays of chunks; code that looks at every chunk reads more simply with this.
 */
export type NextChunk = Effect.Effect<Uint8Array | null, LoadError>

/** The chunks of a pull one at a time, without the empty ones. May be run again after the end. */
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
