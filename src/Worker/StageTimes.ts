import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"

/** Milliseconds until the source responded, until header and first rows were read, and in COPY and commit. */
const notReached = { openMillis: 0, headerMillis: 0, copyMillis: 0 }
type StageTimes = Readonly<typeof notReached>

/** Measures an effect as one stage of a load, or a part of it. */
export type Stage = (
  name: keyof StageTimes,
) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/**
 * Runs a load and returns its exit and the times of its stages, so that failed and interrupted loads report them too.
 * A stage that was not reached has 0 ms.
 */
export const measureStages = <A, E, R>(
  load: (stage: Stage) => Effect.Effect<A, E, R>,
): Effect.Effect<{ readonly exit: Exit.Exit<A, E>; readonly times: StageTimes }, never, R> =>
  Effect.suspend(() => {
    const times = { ...notReached }
    const stage: Stage = (name) => (effect) =>
      Effect.flatMap(Clock.currentTimeMillis, (start) =>
        Effect.onExit(effect, () =>
          Effect.map(Clock.currentTimeMillis, (end) => {
            times[name] += end - start
          }),
        ),
      )
    return Effect.map(Effect.exit(load(stage)), (exit) => ({ exit, times }))
  })
