import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { carriageReturn, lineFeed, space } from "../../Bytes/Ascii.ts"
import { type NextChunk } from "../../Bytes/NextChunk.ts"

/**
 * How long a file's beginning is gathered, from its first byte. What there is by then came in one go; a source that
 * goes on by the line would take minutes to send more, and its user should see columns and rows.
 */
const longestGathering = Duration.seconds(1)

/** A header and a record: with less than these nothing can be decided, and waiting costs nothing. */
const enoughLines = 2

/** Tells when a file's beginning has been waited for long enough. Counts lines only until there are enough. */
export class Patience {
  readonly #scope: Scope.Scope
  readonly #ended = Deferred.makeUnsafe<void>()
  #isStarted = false
  #isLate = false
  #lines = 0
  #isInLine = false

  constructor(scope: Scope.Scope) {
    this.#scope = scope
  }

  /** Returns when the time is up and two lines that are not blank have come. */
  get ended(): Effect.Effect<void> {
    return Deferred.await(this.#ended)
  }

  get isEnded(): boolean {
    return Deferred.isDoneUnsafe(this.#ended)
  }

  /** The chunks of a file, looked at as they come. The first one starts the clock. */
  watching(next: NextChunk): NextChunk {
    return Effect.flatMap(next, (chunk) => {
      if (chunk !== null) this.#count(chunk)
      return this.#isStarted || chunk === null ? Effect.succeed(chunk) : Effect.as(this.#start, chunk)
    })
  }

  readonly #start = Effect.suspend(() => {
    this.#isStarted = true
    const ring = Effect.sync(() => {
      this.#isLate = true
      this.#endIfEnough()
    })
    return Effect.forkIn(Effect.delay(ring, longestGathering), this.#scope)
  })

  /** By bytes: ASCII's are those of UTF-16 too, but for a NUL beside each. */
  #count(chunk: Uint8Array): void {
    for (let i = 0; i < chunk.length && this.#lines < enoughLines; i++) {
      const byte = chunk[i]!
      if (byte !== lineFeed && byte !== carriageReturn) {
        if (byte > space) this.#isInLine = true
      } else if (this.#isInLine) {
        this.#isInLine = false
        this.#lines++
      }
    }
    this.#endIfEnough()
  }

  #endIfEnough(): void {
    if (this.#isLate && this.#lines >= enoughLines) Deferred.doneUnsafe(this.#ended, Effect.void)
  }
}
