import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { ServiceUnavailable } from "./ServiceUnavailable.ts"

/**
 * Fails with `ServiceUnavailable` when a call takes longer than `limit`. Without a limit, a call to a database that
 * hangs would delay any interruption, and so the end of the process.
 */
export const withTimeout =
  (limit: Duration.Duration, operation: string) =>
  <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E | ServiceUnavailable, R> =>
    Effect.timeoutOrElse(call, {
      duration: limit,
      orElse: () =>
        Effect.fail(
          new ServiceUnavailable({ operation, message: `no response within ${Duration.format(limit)}` }),
        ),
    })
