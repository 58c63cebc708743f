import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { ServiceUnavailable } from "../Domain/service/ServiceUnavailable.ts"

/**
 * Makes the turn of a loop that must not end: whatever it fails or dies with is logged, and the loop goes on.
 * Only interruption passes. Of an outage the beginning is logged and the end; each failure between them at
 * debug level. A defect is logged each time.
 *
 * @param message says what does not happen
 */
export const survive = <R>(message: string, turn: Effect.Effect<void, ServiceUnavailable, R>) => {
  let isOut = false
  const recovered = Effect.suspend(() => {
    if (!isOut) return Effect.void
    isOut = false
    return Effect.logInfo(`over: ${message}`)
  })
  const failed = ({ operation, message: reason }: ServiceUnavailable) =>
    Effect.suspend(() => {
      const line = isOut ? Effect.logDebug(message) : Effect.logWarning(message)
      isOut = true
      return Effect.annotateLogs(line, { operation, reason })
    })
  return Effect.matchCauseEffect(turn, {
    onSuccess: () => recovered,
    onFailure: (cause) => {
      if (Cause.hasInterrupts(cause)) return Effect.interrupt
      const failure = Cause.findError(cause)
      return Result.isSuccess(failure) ? failed(failure.success) : Effect.logError(message, cause)
    },
  })
}
