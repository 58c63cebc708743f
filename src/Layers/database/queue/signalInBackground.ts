import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type { Scope } from "effect/Scope"
import type { SqlError } from "effect/sql/SqlError"
import { withTimeout } from "../../../Domain/service/withTimeout.ts"
import { describeFailure } from "../../process/describeFailure.ts"

/** Least time between two signals of a process. A burst needs few of them. */
const interval = Duration.millis(10)
/** A busy server gets fewer: signals take at most this part of the time. */
const timeShare = 1 / 10
const longestInterval = Duration.millis(100)
/** A connection that hangs would hold up all later signals. */
const timeLimit = withTimeout(Duration.seconds(5), "send a signal")

/**
 * Signals in the background, what was added in a moment together. NOTIFY in the transactions that change jobs would make
 * their commits wait for each other, because Postgres commits transactions with notifications one at a time.
 *
 * @param options.lost logged if a signal is lost: what happens instead
 * @returns adds something to the next signal
 */
export const signalInBackground = <A>(options: {
  readonly send: (added: ReadonlyArray<A>) => Effect.Effect<unknown, SqlError>
  readonly lost: string
}): Effect.Effect<(item: A) => Effect.Effect<void>, never, Scope> =>
  Effect.gen(function* () {
    const isWaiting = yield* Latch.make(false)
    let added: Array<A> = []
    const signal = Effect.gen(function* () {
      yield* isWaiting.await
      yield* isWaiting.close
      const some = added
      added = []
      const [taken] = yield* Effect.timed(timeLimit(options.send(some)))
      return Duration.min(Duration.max(interval, Duration.times(taken, 1 / timeShare)), longestInterval)
    })
    yield* signal.pipe(
      Effect.catch((error) =>
        Effect.as(
          Effect.annotateLogs(Effect.logDebug(options.lost), describeFailure(error)),
          longestInterval,
        ),
      ),
      Effect.flatMap(Effect.sleep),
      Effect.forever,
      Effect.withTracerEnabled(false),
      Effect.forkScoped,
    )
    return (item) =>
      Effect.suspend(() => {
        added.push(item)
        return Effect.asVoid(isWaiting.open)
      })
  })
