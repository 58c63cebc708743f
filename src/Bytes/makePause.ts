import * as Effect from "effect/Effect"

/** Time in milliseconds after which computation lets other fibers, timers and sockets run. */
const slice = 8

/**
 * Makes an effect to run between the steps of a long computation. It yields to the event loop when `slice` has passed since
 * the last time that it did, so steps that take little time cost nothing.
 */
export const makePause: Effect.Effect<Effect.Effect<void>> = Effect.sync(() => {
  let start = performance.now()
  const resume = Effect.sync(() => {
    start = performance.now()
  })
  return Effect.suspend(() =>
    performance.now() - start < slice ? Effect.void : Effect.andThen(Effect.yieldNow, resume),
  )
})
