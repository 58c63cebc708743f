import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import type { Patience } from "./Patience.ts"
import { type NextChunk } from "../../Bytes/NextChunk.ts"

/** The next chunk has not come in the time it was waited for. */
export const late = Symbol("late")

/**
 * Chunks that need not be waited for to the end. A pull that has begun is never broken off, since what it brings
 * would be lost: it goes on in a fiber of its own, and who asks next gets its chunk.
 */
export class Arrivals {
  readonly #source: NextChunk
  readonly #scope: Scope.Scope
  #pending: Fiber.Fiber<Uint8Array | null, LoadError> | null = null

  constructor(source: NextChunk, scope: Scope.Scope) {
    this.#source = source
    this.#scope = scope
  }

  /** Waits as long as it takes, and without a fiber unless one is under way. */
  readonly next: NextChunk = Effect.suspend(() => {
    const pending = this.#pending
    if (pending === null) return this.#source
    return Effect.ensuring(
      Fiber.join(pending),
      Effect.sync(() => {
        this.#pending = null
      }),
    )
  })

  /** Waits until patience ends. A chunk that is there is taken even then. */
  nextWithin(patience: Patience): Effect.Effect<Uint8Array | null | typeof late, LoadError> {
    return Effect.gen({ self: this }, function* () {
      this.#pending ??= yield* Effect.forkIn(this.#source, this.#scope, { startImmediately: true })
      if (this.#pending.pollUnsafe() === undefined)
        yield* Effect.raceFirst(Fiber.await(this.#pending), patience.ended)
      return this.#pending.pollUnsafe() === undefined ? late : yield* this.next
    })
  }
}
