import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { ServiceUnavailable } from "../Domain/ServiceUnavailable.ts"

/**
 * Keeps a loop going that must not end: what a turn of it fails or dies with is logged, and the next turn is
 * made. Only interruption passes.
 *
 * @param message says what did not happen
 * @param pause taken after a failed turn
 */
export const survive =
  (message: string, pause: Effect.Effect<void> = Effect.void) =>
  <R>(turn: Effect.Effect<void, ServiceUnavailable, R>): Effect.Effect<void, never, R> =>
    Effect.catchCause(turn, (cause) => {
      if (Cause.hasInterrupts(cause)) return Effect.interrupt
      const failure = Cause.findError(cause)
      const line = Result.isSuccess(failure)
        ? Effect.annotateLogs(Effect.logWarning(message), {
            operation: failure.success.operation,
            reason: failure.success.message,
          })
        : Effect.logError(message, cause)
      return Effect.andThen(line, pause)
    })
