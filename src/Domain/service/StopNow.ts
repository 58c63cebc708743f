import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** Completes when a shutdown must not wait any longer for running loads. By default it never completes. */
export const StopNow = Context.Reference<Effect.Effect<void>>("sluice/Domain/StopNow", {
  defaultValue: () => Effect.never,
})
