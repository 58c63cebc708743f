import * as Effect from "effect/Effect"

/** Logs an outage once, not every failed attempt during it. */
export interface OutageLog {
  /** A failed attempt: logged as a warning when the outage begins, then at debug level until it is over. */
  readonly failed: (details: Record<string, unknown>) => Effect.Effect<void>
  /** A successful attempt: logs that the outage is over, if there was one. */
  readonly succeeded: Effect.Effect<void>
}

/** @param message what does not work during the outage, such as "claims were not renewed" */
export const make = (message: string): OutageLog => {
  let isOut = false
  return {
    failed: (details) =>
      Effect.suspend(() => {
        const line = isOut ? Effect.logDebug(message) : Effect.logWarning(message)
        isOut = true
        return Effect.annotateLogs(line, details)
      }),
    succeeded: Effect.suspend(() => {
      if (!isOut) return Effect.void
      isOut = false
      return Effect.logInfo(`over: ${message}`)
    }),
  }
}
