import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Why the embedded Postgres is not to be had; `message` says what to do, in words for the terminal. */
export class EmbeddedPostgresError extends Schema.TaggedError<EmbeddedPostgresError>()(
  "EmbeddedPostgresError",
  {
    reason: Schema.Literals([
      /** No binaries for this platform, or they are not installed. */
      "BinariesMissing",
      /** Run as root, and there is no unprivileged user to run the server as. */
      "NoUser",
      /** A live process holds the data folder. */
      "FolderInUse",
      /** The data folder cannot be made, read or written. */
      "FolderUnusable",
      /** What is in the data folder is not a complete cluster. */
      "FolderDamaged",
      /** The cluster was made by another major version. */
      "WrongVersion",
      /** `initdb` failed. */
      "InitFailed",
      /** The asked port is taken. */
      "PortInUse",
      /** The server ended, or did not accept connections in time. */
      "StartFailed",
      /** The server of a run that was killed does not stop. */
      "OrphanStuck",
    ]),
    message: Schema.String,
    cause: Schema.optionalKey(Schema.Defect()),
  },
) {}

/** Runs a step on files; the error says what was tried and what the system answered. */
export const onFiles = <A>(what: string, run: () => Promise<A>): Effect.Effect<A, EmbeddedPostgresError> =>
  Effect.tryPromise({
    try: run,
    catch: (cause) =>
      new EmbeddedPostgresError({
        reason: "FolderUnusable",
        message:
          `Cannot ${what}: ${cause instanceof Error ? cause.message : String(cause)}. ` +
          "Set DATA_DIR to a folder this user may write.",
        cause,
      }),
  })

/** The code of a system error, `ENOENT`, or `undefined` for any other error. */
export const systemCode = (cause: unknown): string | undefined =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined

/** Answers `null` where `run` finds nothing at its path; other errors pass. */
export const ifPresent = async <A>(run: () => Promise<A>): Promise<A | null> => {
  try {
    return await run()
  } catch (cause) {
    if (systemCode(cause) === "ENOENT" || systemCode(cause) === "ENOTDIR") return null
    throw cause
  }
}
