import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { ServiceUnavailable } from "../../Domain/service/ServiceUnavailable.ts"
import { withTimeout } from "../../Domain/service/withTimeout.ts"
import * as Problem from "../contract/problems/Problems.ts"
import { note } from "../http/log/RequestLog.ts"

/** Notes what the service cannot do now for the log line of the request, and fails with the problem for it. */
export const unavailable = ({ detail, message, operation }: ServiceUnavailable) =>
  Effect.andThen(
    note({ unavailable: { operation, reason: message } }),
    Effect.fail(new Problem.ServiceUnavailable(detail === undefined ? {} : { detail })),
  )

const isUnavailable = (error: unknown): error is ServiceUnavailable => error instanceof ServiceUnavailable

const databaseTimeout = Duration.seconds(10)

/**
 * Every call to the database goes through here. Elsewhere it does not compile: no endpoint declares `ServiceUnavailable`.
 *
 * @param timeout longest wait for the database, after which the response is 503
 */
export const askDatabase = <A, E, R>(
  call: Effect.Effect<A, E | ServiceUnavailable, R>,
  timeout = databaseTimeout,
) => Effect.catchIf(withTimeout(timeout, "handle a request")(call), isUnavailable, unavailable)
