import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import { type NextChunk } from "../../../Bytes/NextChunk.ts"
import type { Decoder } from "./ZlibDecoder.ts"

/**
 * The output of one decoder after another. The scope closes the decoder that is in use.
 *
 * @param nextDecoder runs when the decoder before has ended; `null` ends the output
 */
export const decodeInTurn = (
  nextDecoder: Effect.Effect<Decoder | null, LoadError>,
): Effect.Effect<NextChunk, never, Scope.Scope> =>
  Effect.suspend(() => {
    let current: Decoder | null = null
    let isDone = false

    const advance = Effect.map(nextDecoder, (decoder) => {
      current = decoder
      isDone = decoder === null
    })
    const next: NextChunk = Effect.suspend((): NextChunk => {
      if (isDone) return Effect.succeed(null)
      if (current === null) return Effect.flatMap(advance, () => next)
      return Effect.flatMap(current.next, (chunk) => {
        if (chunk !== null) return Effect.succeed(chunk)
        current = null
        return next
      })
    })
    return Effect.as(
      Effect.addFinalizer(() => Effect.sync(() => current?.close())),
      next,
    )
  })
