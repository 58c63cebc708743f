import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { ServiceUnavailable } from "./ServiceUnavailable.ts"

/**
 * A database that hangs is a database that does not answer. Without a limit a call to it would outlast any
 * interruption, and with it the process.
 */
export const within =
  (limit: Duration.Duration, operation: string) =>
  <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E | ServiceUnavailable, R> =>
    Effect.timeoutOrElse(call, {
      duration: limit,
      orElse: () =>
        Effect.fail(
          new ServiceUnavailable({ operation, message: `no answer within ${Duration.format(limit)}` }),
        ),
    })
