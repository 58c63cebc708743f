import * as Effect from "effect/Effect"

/** A long computation that can be interrupted after each of its steps. */
export type Steps<A> = Generator<undefined, A, undefined>

/** The result of all steps, one right after the other. */
export const atOnce = <A>(steps: Steps<A>): A => {
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}

/**
 * Runs the steps with a pause after each, as `makePause` makes it. It runs for each chunk, so it is no generator: V8 keeps what a new
 * generator function refers to, here the chunk, until the next full garbage collection.
 */
export const withPauses = <A>(steps: Steps<A>, pause: Effect.Effect<void>): Effect.Effect<A> => {
  const advance = (): Effect.Effect<A> => {
    const step = steps.next()
    return step.done === true ? Effect.succeed(step.value) : Effect.flatMap(pause, advance)
  }
  return Effect.suspend(advance)
}
