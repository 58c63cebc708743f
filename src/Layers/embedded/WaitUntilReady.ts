import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Client } from "pg"
import { EmbeddedPostgresError, errorCode } from "./EmbeddedPostgresError.ts"

/** Waits until the server accepts a connection, which no line of its log reliably shows. */
export const waitUntilReady = Effect.fnUntraced(
  function* (url: Redacted.Redacted) {
    for (let attempts = 1; !(yield* canConnect(url)); attempts++) {
      if (attempts === 200)
        yield* Effect.log("Postgres is still starting; after an unclean stop it may take minutes")
      yield* Effect.sleep("25 millis")
    }
  },
  // Reached only by a hung server: an exit is noticed at once, and recovery takes minutes at most.
  Effect.timeoutOrElse({
    duration: "15 minutes",
    orElse: () =>
      Effect.fail(
        new EmbeddedPostgresError({
          reason: "StartFailed",
          message: "Postgres accepted no connection for 15 minutes.",
        }),
      ),
  }),
)

const canConnect = (url: Redacted.Redacted) =>
  Effect.callback<boolean, EmbeddedPostgresError>((resume) => {
    const client = new Client({ connectionString: Redacted.value(url), connectionTimeoutMillis: 5000 })
    // A connection can also break after connect() has failed.
    client.on("error", (error) => resume(unlessRefused(error)))
    client.connect().then(
      () => client.end().then(() => resume(Effect.succeed(true))),
      (error: unknown) => resume(unlessRefused(error)),
    )
    return Effect.promise(() => client.end())
  })

/** A refused login (class 28; Postgres documentation, Appendix A) is final; other errors pass with time. */
const unlessRefused = (error: unknown): Effect.Effect<boolean, EmbeddedPostgresError> =>
  errorCode(error)?.startsWith("28") === true
    ? Effect.fail(
        new EmbeddedPostgresError({
          reason: "FolderDamaged",
          message: `The password kept in the data folder is not the database's: ${String(error)}.`,
          cause: error,
        }),
      )
    : Effect.succeed(false)
