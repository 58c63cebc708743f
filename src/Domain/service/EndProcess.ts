import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/**
 * Ends this process as SIGTERM does: running loads may finish within the grace period. By default nothing happens.
 *
 * @param failure why another process must take its place, which the exit code 1 asks the supervisor for; `null` if it has done its work
 */
export const EndProcess = Context.Reference<(failure: string | null) => Effect.Effect<void>>(
  "sluice/Domain/EndProcess",
  { defaultValue: () => () => Effect.void },
)
