import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { MigrationError } from "effect/sql/Migrator"
import type { SqlError } from "effect/sql/SqlError"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import { isPermanent } from "./DatabaseFailure.ts"
import type { StartRefused } from "./StartRefused.ts"

type Failure = SqlError | ServiceUnavailable | MigrationError | StartRefused

/** Waiting does not help. */
const isFinal = (error: Failure): boolean =>
  isPermanent(error) ||
  error._tag === "StartRefused" ||
  // "Failed" means that a statement failed; every other kind is an error in the migrations themselves.
  (error._tag === "MigrationError" && error.kind !== "Failed")

/** Attempts become rarer, up to one in five seconds. */
const attempts = Schedule.exponential("500 millis").pipe(
  Schedule.modifyDelay(({ duration }) => Effect.succeed(Duration.min(duration, Duration.seconds(5)))),
)

/** An outage that lasts is logged again after this time. */
const logInterval = Duration.minutes(1)

/**
 * Retries a step of a process's start while the database is unavailable, and logs the beginning and the end of the
 * outage. Every step needs this, because the database may go away between two steps. Failures that an operator must
 * repair (credentials, TLS, refused starts, invalid statements) are final at once.
 */
export const waitingForDatabase = <A, E extends Failure, R>(
  step: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    let loggedAt: number | undefined
    const logFailure = Effect.fnUntraced(function* (error: E) {
      const now = yield* Clock.currentTimeMillis
      if (isFinal(error) || (loggedAt !== undefined && now - loggedAt < Duration.toMillis(logInterval)))
        return
      loggedAt = now
      yield* Effect.annotateLogs(Effect.logWarning("waiting for the database"), describeFailure(error))
    })
    return step.pipe(
      Effect.tapError(logFailure),
      Effect.retry({ while: (error) => !isFinal(error), schedule: attempts }),
      Effect.tap(() => (loggedAt === undefined ? Effect.void : Effect.logInfo("the database responds"))),
    )
  })
