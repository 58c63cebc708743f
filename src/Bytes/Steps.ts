import * as Effect from "effect/Effect"

/** A long computation that can be interrupted after each of its steps. */
export type Steps<A> = Generator<undefined, A, undefined>

/** The result of all steps, one right after the other. */
export const atOnce = <A>(steps: Steps<A>): A => {
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}

/** Runs the steps with a pause after each, as `makePause` makes it. */
export const withPauses = <A>(steps: Steps<A>, pause: Effect.Effect<void>): Effect.Effect<A> =>
  Effect.gen(function* () {
    let step = steps.next()
    while (step.done !== true) {
      yield* pause
      step = steps.next()
    }
    return step.value
  })
