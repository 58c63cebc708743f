import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as OutageLog from "../Domain/service/OutageLog.ts"
import type { ServiceUnavailable } from "../Domain/service/ServiceUnavailable.ts"

/**
 * Makes one iteration of a loop that must not end: only interruption passes. An outage is logged once, an unexpected
 * error each time.
 *
 * @param message what did not happen when an iteration fails
 */
export const keepRunning = <R>(message: string, iteration: Effect.Effect<void, ServiceUnavailable, R>) => {
  const outages = OutageLog.make(message)
  return Effect.matchCauseEffect(iteration, {
    onSuccess: () => outages.succeeded,
    onFailure: (cause) => {
      if (Cause.hasInterrupts(cause)) return Effect.interrupt
      const failure = Cause.findError(cause)
      if (Result.isFailure(failure)) return Effect.logError(message, cause)
      const { operation, message: reason } = failure.success
      return outages.failed({ operation, reason })
    },
  })
}
