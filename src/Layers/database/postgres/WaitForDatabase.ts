import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { MigrationError } from "effect/sql/Migrator"
import type { SqlError } from "effect/sql/SqlError"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import { failureCode, isOfTheCredentials, isOfTheStatement } from "./DatabaseFailure.ts"

/** `insufficient_privilege` (Postgres documentation, Appendix A). */
const missingRight = "42501"

type Failure = SqlError | ServiceUnavailable | MigrationError

/** Waiting does not help. */
const isPermanent = (error: Failure): boolean =>
  isOfTheStatement(error) ||
  isOfTheCredentials(error) ||
  failureCode(error) === missingRight ||
  // "Failed" means that a statement failed; every other kind is an error in the migrations themselves.
  (error._tag === "MigrationError" && error.kind !== "Failed")

/**
 * Retries a step of a process's start every second, with a warning, while the database is unavailable. Every step needs
 * this, because the database may go away between two steps. Wrong credentials, missing rights and invalid statements
 * fail at once.
 */
export const waitingForDatabase = <A, E extends Failure, R>(
  step: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> =>
  step.pipe(
    Effect.tapError((error) =>
      isPermanent(error)
        ? Effect.void
        : Effect.annotateLogs(Effect.logWarning("waiting for the database"), describeFailure(error)),
    ),
    Effect.retry({ while: (error) => !isPermanent(error), schedule: Schedule.spaced("1 second") }),
  )
