import * as Effect from "effect/Effect"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { messageOf } from "../../process/describeFailure.ts"
import { failureCode } from "../postgres/DatabaseFailure.ts"
import { unusable } from "./TargetDatabases.ts"

/** A schema, table or column does not exist: SQLSTATEs of Postgres's documentation, Appendix A. */
const missing: ReadonlySet<string> = new Set(["3F000", "42P01", "42703"])

/** Maps the failure of a statement on what the service has made in a database, and someone has dropped. */
export const orUnusable =
  (target: string) =>
  <A, E, R>(
    effect: Effect.Effect<A, E | SqlError, R>,
  ): Effect.Effect<A, E | SqlError | ServiceUnavailable, R> =>
    Effect.catchIf(
      effect,
      (error): error is Extract<E | SqlError, SqlError> =>
        isSqlError(error) && missing.has(failureCode(error) ?? ""),
      (error) =>
        Effect.fail(
          unusable(
            target,
            `a part of the schema sluice there is missing (${messageOf(error)}). Restore it from a backup, or, if nothing of the schema is left, start the service again, which makes it again`,
          ),
        ),
    )
