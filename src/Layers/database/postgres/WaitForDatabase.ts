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

/** Waiting changes nothing about it. */
const isHopeless = (error: Failure): boolean =>
  isOfTheStatement(error) ||
  isOfTheCredentials(error) ||
  failureCode(error) === missingRight ||
  // "Failed" is what a migration's statement has met; all else is wrong with the migrations themselves.
  (error._tag === "MigrationError" && error.kind !== "Failed")

/**
 * Takes a step of a process's start again, once a second and with a warning each time, until the database is there
 * for it: it may be down, or go away between any two steps. Wrong credentials, missing rights and wrong statements fail at once.
 */
export const waitingForDatabase = <A, E extends Failure, R>(
  step: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> =>
  step.pipe(
    Effect.tapError((error) =>
      isHopeless(error)
        ? Effect.void
        : Effect.logWarning("waiting for the database").pipe(Effect.annotateLogs(describeFailure(error))),
    ),
    Effect.retry({ while: (error) => !isHopeless(error), schedule: Schedule.spaced("1 second") }),
  )
