import * as Effect from "effect/Effect"
import type { PlatformError } from "effect/PlatformError"
import * as Schema from "effect/Schema"

/** The embedded Postgres cannot run. `message` says what to do, in words for the terminal. */
export class EmbeddedPostgresError extends Schema.TaggedError<EmbeddedPostgresError>()(
  "EmbeddedPostgresError",
  {
    reason: Schema.Literals([
      /** The package with the binaries is missing, or there is none for this platform. */
      "BinariesMissing",
      /** Started as root, and no unprivileged user exists to run the server as. */
      "NoUser",
      /** A running process owns the data folder. */
      "FolderInUse",
      /** The data folder cannot be created, read or written. */
      "FolderUnusable",
      /** The data folder does not hold a complete cluster. */
      "FolderDamaged",
      /** The cluster was created by another major version. */
      "WrongVersion",
      /** `initdb` failed. */
      "InitFailed",
      /** The requested port is in use. */
      "PortInUse",
      /** The server exited, or did not accept connections in time. */
      "StartFailed",
      /** The server of a killed run does not stop. */
      "OrphanStuck",
    ]),
    message: Schema.String,
    cause: Schema.optionalKey(Schema.Defect()),
  },
) {}

/** The code of a system or Postgres error, such as `ENOENT`; `undefined` for any other error. */
export const errorCode = (cause: unknown): string | undefined =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined

/** `null` if nothing exists at the path of a file operation. */
export const ifPresent = <A, R>(
  operation: Effect.Effect<A, PlatformError, R>,
): Effect.Effect<A | null, PlatformError, R> =>
  Effect.catchIf(
    operation,
    ({ cause }) => errorCode(cause) === "ENOENT" || errorCode(cause) === "ENOTDIR",
    () => Effect.succeed(null),
  )
